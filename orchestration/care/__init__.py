"""Looking after a build folder: whether it is whole, backup and restore. Nothing here makes a figure."""
