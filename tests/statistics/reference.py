"""The reference values that the methods must reproduce, each with its origin in the file's note."""

import json
from functools import cache
from pathlib import Path
from typing import Any

# Relative tolerance of the reference values, and the absolute one for those near zero.
TOLERANCE = {"rel": 1e-6, "abs": 1e-9}


@cache
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures.json").read_text(encoding="utf-8"))
    return found
