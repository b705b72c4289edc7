#!/usr/bin/env bash
# feedgen 1.0.0, feedparser 6.0.14
#
# Expected: entries of a feed stand in the order in which they were added; an entry that has a day of publication and none of
# an update has no update.
# What happens: entries come out in the reverse order, so that a list which is newest first becomes oldest first. A reader
# gives the day of publication as the day of the update where there is none, although the entry does not contain the key.
# Output seen on 2026-12-01:
#   added: 2019-06 2019-03 2018-12
#   written: 2018-12 2019-03 2019-06
#   updated is there: False and is 2019-07-01T09:30:00Z
set -euo pipefail

script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile feedgen==1.0.0 feedparser==6.0.14

venv/bin/python -W ignore - 2> /dev/null > output <<'EOF'
import datetime as dt
import warnings

import feedparser
from feedgen.feed import FeedGenerator

feed = FeedGenerator()
feed.id("urn:synthetic")
feed.title("Editions")
for edition in ("2019-06", "2019-03", "2018-12"):
    entry = feed.add_entry()
    entry.id(f"urn:synthetic:{edition}")
    entry.title(edition)
    entry.content("figures")
    entry.updated(dt.datetime(2019, 7, 1, tzinfo=dt.UTC))
print("added: 2019-06 2019-03 2018-12")
print("written:", *(entry.title for entry in feedparser.parse(feed.atom_str()).entries))
text = """<feed xmlns="http://www.w3.org/2005/Atom"><id>u</id><title>t</title><updated>2019-07-01T00:00:00Z</updated>
<entry><id>e</id><title>2019-06</title><published>2019-07-01T09:30:00Z</published></entry></feed>"""
warnings.simplefilter("ignore")
(entry,) = feedparser.parse(text).entries
print("updated is there:", "updated" in entry, "and is", entry.get("updated"))
EOF

diff <(sed -n 's/^#   //p' "$script") output || {
    echo "changed: newest-entry-comes-last"
    exit 1
}
echo "holds: feedgen turns the order of entries, and feedparser makes up an update"
