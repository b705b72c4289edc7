"""Published files to cells: the register of sources, one parser for each published layout, and the cells that the project keeps.

Here belongs everything that knows where in a file a publisher puts a number: bytes in, cells out, each text exactly as printed.
What a name, label, period or symbol means does not belong here (``transforms.harmonise``); nothing is renamed, cleaned or dropped
without saying so, and no number is computed.
"""
