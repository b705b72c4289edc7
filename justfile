# Check and test quickly: what to run before every commit.
default: check test

# Install the project and its tools into .venv.
setup:
    uv sync

# Make every table, check and report that is not up to date.
build *options:
    uv run countylines build {{options}}

# Style, formatting and types.
check:
    uv run ruff check .
    uv run ruff format --check .
    uv run mypy

# Put the code into the project's format.
format:
    uv run ruff check --fix .
    uv run ruff format .

# The quick tests.
test *options:
    uv run pytest -m "not full" {{options}}

# All tests, those included that build the whole product.
full *options:
    uv run pytest {{options}}

# Measure a full build, a build of nothing new, and a build after one figure changed.
bench *options:
    uv run countylines bench {{options}}

# Compare this checkout with another commit on this machine: builds, one changed figure, records; `--tests` adds the tests: `just against 5baf487`.
against commit *options:
    uv run python benchmarks/against.py {{commit}} {{options}}

# The asset graph in a browser.
ui *options:
    uv run countylines ui {{options}}

# Parse the original files in a landing folder and keep their cells in data/published.
publish landing:
    uv run countylines publish-cells --landing "{{landing}}"

# Write again what the documents take from a build: outputs of commands, tables of sources, the picture.
docs: build
    uv run python docs/refresh.py

# Keep how six reports look now, when a change of looks is meant: tests compare with these small pictures.
looks: build
    uv run python -m tests.visual.keep data/build

# Write constraints.txt again from pyproject.toml.
constraints:
    echo "# Every distribution that the project and its tests install, with checksums. Made by: just constraints" > constraints.txt
    uv lock --quiet --upgrade
    uv export --quiet --no-annotate --no-header --no-emit-project --all-groups >> constraints.txt

# Measure ways to take in archives of single records, on synthetic archives made in a folder: `just bench-records /tmp/records --rows 10000000`.
bench-records folder *options:
    uv run python benchmarks/records.py "{{folder}}" {{options}}

# Measure what each step of taking in single records costs: `just profile-records /tmp/records`.
profile-records folder *options:
    PYTHONPATH=. uv run python benchmarks/record_steps.py "{{folder}}" {{options}}

# Kill builds with SIGKILL at places chosen by seed, and compare what the next build makes: `just drill 112`.
drill points="112" seed="20200110":
    COUNTYLINES_DRILL_POINTS={{points}} COUNTYLINES_DRILL_SEED={{seed}} uv run pytest -n 0 --junit-xml=data/build/drill.xml tests/recovery/test_killed_anywhere.py

# Kill deliveries with SIGKILL between two things that they do, at places chosen by seed: `just drill-delivery 100`.
drill-delivery points="100":
    COUNTYLINES_DRILL_POINTS={{points}} uv run pytest -n 0 -s tests/delivery/test_killed.py

# Damage files for a while and see whether a parser fails in a way that it does not declare: `just fuzz --seconds 600`.
fuzz *options:
    uv run --with atheris==3.0.0 python -m tests.fuzz.run {{options}}

# (Strict: a package that the service does not know would otherwise count as one without advisories.)
# Compare what constraints.txt pins with the published advisories: the one recipe that asks an advisory service.
audit:
    uvx pip-audit==2.10.1 --strict --require-hashes --disable-pip --requirement constraints.txt

# (In an environment of its own: one of the packages that the tool brings makes every import of Great Expectations two seconds slower.)
# Write the bill of materials of what constraints.txt pins, as CycloneDX JSON: data/build/sbom.cdx.json.
sbom:
    mkdir -p data/build
    uvx --from cyclonedx-bom==7.5.0 cyclonedx-py requirements constraints.txt --pyproject pyproject.toml --output-reproducible --short-PURLs --output-file data/build/sbom.cdx.json

# Run each script of findings/ about other packages: says which still hold, and fails if one has changed. Needs the network.
findings:
    #!/usr/bin/env bash
    changed=0
    for script in findings/*.sh; do
        printf '%s ' "$(basename "$script" .sh)"
        bash "$script" || changed=1
    done
    exit "$changed"
