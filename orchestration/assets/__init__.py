"""The asset graph, layer by layer: raw, core, out, report. Wiring only: each asset is one call into ``transforms`` or ``reports``."""
