"""An edition is published as a whole, earlier ones stay, and what leads to them says what is there."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from orchestration.commands.build import shown_edition, what_readers_see
from orchestration.delivery import targets
from orchestration.delivery.targets import MARKER, target
from tests.citations import valid_citation
from tests.delivery.conftest import ADDRESS, NOON, Office, publish_locally
from transforms.errors import CountyLinesError

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def test_an_edition_is_laid_down_with_a_manifest_of_every_file(office: Office) -> None:
    done = office.deliver()
    assert (done.outcome, done.edition, done.letters) == ("published", office.edition, ())
    current = office.public / "current"
    assert current.readlink() == Path("editions") / office.edition
    listed = {entry["path"]: entry for entry in json.loads((current / "manifest.json").read_bytes())["files"]}
    folder = current.resolve()
    held = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert held - listed.keys() == {"manifest.json", "CITATION.cff"}
    assert listed.keys() <= held
    for name, entry in listed.items():
        content = (current / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_an_edition_says_how_it_is_cited_with_the_checksum_of_its_manifest(office: Office) -> None:
    office.deliver()
    current = office.public / "current"
    cited = yaml.safe_load((current / "CITATION.cff").read_text(encoding="utf-8"))
    checksum = hashlib.sha256((current / "manifest.json").read_bytes()).hexdigest()
    assert cited["identifiers"][0]["value"] == f"sha256:{checksum}"
    assert (cited["version"], cited["type"]) == (office.edition, "dataset")
    assert cited["url"] == f"{ADDRESS}/editions/{office.edition}/index.html"
    assert valid_citation(current.resolve() / "CITATION.cff")


def test_delivered_again_nothing_changes(office: Office) -> None:
    office.deliver()
    before = office.shown()
    office.time += timedelta(days=1)
    assert office.deliver().outcome == "published before"
    assert office.shown() == before


def test_earlier_editions_stay_and_are_listed(office: Office) -> None:
    office.deliver()
    first = {name: content for name, content in office.shown().items() if name.startswith("editions/")}
    office.time += timedelta(days=90)
    second = publish_locally(office.paths.build, "reported")
    office.deliver()
    assert (office.public / "current").readlink().name == second
    assert {name: content for name, content in office.shown().items() if name in first} == first
    page = (office.public / "index.html").read_text(encoding="utf-8")
    links = [f"{ADDRESS}/editions/{edition}/index.html" for edition in (second, office.edition)]
    assert page.index(links[0]) < page.index(links[1])


def test_the_feed_is_valid_atom_with_the_newest_edition_first(office: Office) -> None:
    """What RFC 4287 asks of a feed and an entry: one id, title and updated each, an author, and a link to the page."""
    office.deliver()
    office.time += timedelta(days=90)
    publish_locally(office.paths.build, "reported <b>&")
    office.deliver()
    root = ElementTree.fromstring((office.public / "feed.xml").read_bytes())
    assert root.tag == f"{{{ATOM['a']}}}feed"
    assert [root.findtext(f"a:{name}", None, ATOM) for name in ("id", "updated")] == [
        f"{ADDRESS}/feed.xml",
        "2027-02-24T12:00:00+00:00",
    ]
    assert root.find("a:author/a:name", ATOM) is not None
    assert root.find("a:link[@rel='self']", ATOM) is not None
    entries = root.findall("a:entry", ATOM)
    for entry in entries:
        assert [len(entry.findall(f"a:{name}", ATOM)) for name in ("id", "title", "updated", "link")] == [1, 1, 1, 1]
    updated = [entry.findtext("a:updated", "", ATOM) for entry in entries]
    assert updated == sorted(updated, reverse=True)
    assert len({entry.findtext("a:id", "", ATOM) for entry in entries}) == 2
    assert "reported <b>&" in entries[0].findtext("a:summary", "", ATOM)


def test_the_feed_has_no_character_that_xml_cannot_hold(office: Office) -> None:
    publish_locally(office.paths.build, "reported\x07\x1b[31m\ufffe")
    office.deliver()
    root = ElementTree.fromstring((office.public / "feed.xml").read_bytes())
    summary = root.findtext("a:entry/a:summary", "", ATOM)
    assert "reported" in summary
    assert "\x07" not in summary


def test_two_deliveries_of_the_same_give_the_same_bytes(office: Office, tmp_path: Path) -> None:
    office.deliver()
    settings = replace(office.settings, to=str(tmp_path / "elsewhere"))
    other = Office(office.paths, settings, office.edition, tmp_path / "elsewhere", office.time + timedelta(hours=5))
    assert other.deliver().outcome == "published"
    assert other.shown() == office.shown()


def test_a_reader_sees_the_old_edition_until_the_new_one_is_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.deliver()
    second = publish_locally(office.paths.build, "reported")
    write, written = targets._write_through, []

    def full_disk(path: Path, content: bytes) -> None:
        if len(written) > 5:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        write(path, content)

    monkeypatch.setattr(targets, "_write_through", full_disk)
    with pytest.raises(OSError, match="No space left"):
        office.deliver()
    assert (office.public / "current").readlink().name == office.edition
    assert not (office.public / "editions" / second).exists()
    monkeypatch.undo()
    assert office.deliver().outcome == "published"
    assert not list(office.public.rglob("*.tmp"))


def test_an_edition_that_was_damaged_is_not_published(office: Office) -> None:
    (office.paths.reports.resolve() / "norfolk.html").write_text("tampered")
    with pytest.raises(CountyLinesError, match="not those that the build published"):
        office.deliver()
    assert office.shown() == {}


def test_what_was_edited_in_a_laid_down_edition_is_put_back(office: Office) -> None:
    edition = office.public / "editions" / office.edition
    target(str(office.public), office.paths).mark(None)
    edition.mkdir(parents=True)
    (edition / "norfolk.html").write_text("half of")
    office.deliver()
    assert (edition / "norfolk.html").read_bytes() == (office.paths.reports / "norfolk.html").read_bytes()


def test_an_edition_that_was_replaced_is_not_brought_back(office: Office) -> None:
    office.deliver()
    first = (office.paths.build / "reports").readlink()
    office.time += timedelta(days=1)
    publish_locally(office.paths.build, "reported")
    office.deliver()
    (office.paths.build / "reports").unlink()
    (office.paths.build / "reports").symlink_to(first)
    with pytest.raises(CountyLinesError, match="editions are not taken back"):
        office.deliver()


def test_without_a_build_there_is_nothing_to_deliver(office: Office) -> None:
    (office.paths.build / "reports").unlink()
    with pytest.raises(CountyLinesError, match="run countylines build first"):
        office.deliver()


def test_a_dry_run_publishes_nothing(office: Office) -> None:
    done = office.deliver(dry_run=True)
    assert (done.outcome, done.release_at) == ("planned", NOON)
    assert office.shown() == {}
    assert not (office.paths.build / "delivery" / "ledger.sqlite").exists()


@pytest.mark.parametrize("name", ["index.html", "letters.mbox", ".current.notes.tmp", "editions/mine/page.html"])
def test_a_folder_that_no_delivery_made_is_left_as_it_is(office: Office, name: str) -> None:
    (office.public / name).parent.mkdir(parents=True)
    (office.public / name).write_text("somebody's")
    with pytest.raises(CountyLinesError, match="and no delivery made it: nothing is written there"):
        office.deliver()
    assert office.shown() == {name: b"somebody's"}


def test_in_a_target_of_its_own_it_takes_nothing_away_that_it_did_not_write(office: Office) -> None:
    office.deliver()
    theirs = ["robots.txt", ".notes.tmp", ".notes.17.tmp", "editions/.plan.17.tmp", "editions/theirs/page.html"]
    for name in theirs:
        (office.public / name).parent.mkdir(parents=True, exist_ok=True)
        (office.public / name).write_text("somebody's")
    half = office.public / "editions" / ".0123456789ab-0123456789ab.17.tmp"
    half.mkdir()
    (half / "index.html").write_text("of a delivery that was killed")
    publish_locally(office.paths.build, "reported")
    office.time += timedelta(days=1)
    assert office.deliver().outcome == "published"
    assert not half.exists()
    assert {office.shown()[name] for name in theirs} == {b"somebody's"}


def test_a_page_that_somebody_put_where_a_link_belongs_is_not_replaced(office: Office) -> None:
    office.deliver()
    (office.public / "index.html").unlink()
    (office.public / "index.html").write_text("somebody's")
    publish_locally(office.paths.build, "reported")
    with pytest.raises(CountyLinesError, match=r"holds 'index.html', and no delivery made it"):
        office.deliver()
    assert (office.public / "current").readlink().name == office.edition


def test_what_a_file_manager_left_in_an_empty_folder_is_no_hindrance(office: Office) -> None:
    office.public.mkdir()
    (office.public / ".DS_Store").write_bytes(b"left behind")
    assert office.deliver().outcome == "published"
    assert (office.public / ".DS_Store").exists()


def test_a_target_of_a_version_without_marker_goes_on(office: Office) -> None:
    office.deliver()
    (office.public / MARKER).unlink()
    publish_locally(office.paths.build, "reported")
    office.time += timedelta(days=1)
    assert office.deliver().outcome == "published"
    assert (office.public / MARKER).exists()


@pytest.mark.parametrize("inside", [".", "public", "reports", ".."])
def test_the_build_folder_is_no_target_and_neither_is_what_it_lies_in(office: Office, inside: str) -> None:
    office.settings = replace(office.settings, to=str(office.paths.build / inside))
    before = sorted(office.paths.build.rglob("*"))
    with pytest.raises(CountyLinesError, match="are not apart"):
        office.deliver()
    assert sorted(office.paths.build.rglob("*")) == before


def test_a_build_says_that_nothing_was_published_only_when_it_is_so(office: Office) -> None:
    paths = office.paths
    before = shown_edition(paths)
    assert what_readers_see(paths, before) == "Nothing was published; the last good reports are as they were."
    publish_locally(paths.build, "reported")
    assert what_readers_see(paths, before).startswith("The reports were published before that")
    paths.reports.unlink()
    assert what_readers_see(paths, None) == "Nothing was published."
