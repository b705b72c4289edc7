"""The notebook of the documents, run cell by cell as a notebook runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.full_build import ROOT, environment
from tests.full_build import built as built

NOTEBOOK = json.loads((ROOT / "docs" / "norfolk.ipynb").read_text(encoding="utf-8"))
# Runs each cell in one namespace; the value of a cell that ends in an expression is shown, as SVG where it can be.
RUNNER = """
import ast, json, sys
space = {}
for source in json.load(sys.stdin):
    *body, last = ast.parse(source).body
    if isinstance(last, ast.Expr):
        exec(compile(ast.Module(body, []), "cell", "exec"), space)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), space)
        if value is not None:
            print(value._repr_svg_() if hasattr(value, "_repr_svg_") else value)
    else:
        exec(compile(source, "cell", "exec"), space)
"""


def test_the_notebook_is_kept_without_outputs() -> None:
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    code = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.full
def test_the_notebook_goes_from_nothing_to_a_chart_of_norfolk_and_its_neighbours(built: Path) -> None:
    cells = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(cells),
        capture_output=True,
        text=True,
        check=False,
        env=environment(built),
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "<svg " in done.stdout
    assert all(f"{area}: " in done.stdout for area in ("Norfolk", "Suffolk", "Cambridgeshire", "Lincolnshire"))
    assert "Grade C" in done.stdout
