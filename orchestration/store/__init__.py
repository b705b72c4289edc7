"""Where things are kept: folders, tables, locks, keys of code and data, and which editions a run reads. Nothing here runs a build."""
