"""Cells to observations: what each printed name, label, period and symbol means, looked up in registers and never guessed.

Here belong the registers' readers and the exact matching of areas, measures, periods and values. Arithmetic on the figures
does not (``transforms.indicators``), nor does reading a publisher's layout (``transforms.sources``).
"""

from transforms.harmonise.observe import Harmonised, harmonise
from transforms.harmonise.registers import Registers, load_registers

__all__ = ["Harmonised", "Registers", "harmonise", "load_registers"]
