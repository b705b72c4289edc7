"""The tests of the project. What stands here holds for every process that runs them, since each imports this first."""

import gc
import os
import sys

# pytest keeps what it has made of a test module beside it; where the environment forbids that, every process would make all of them again.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The tests run in as many processes as there are cores, so that more threads in each only wait for one another.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

# While the tests are collected nearly all that is made stays: there is no garbage to look for (tests/conftest.py looks for it again).
gc.disable()
