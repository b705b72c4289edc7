"""Published cells to checked indicators: pure functions on Polars frames and DuckDB relations.

Here belongs everything that knows what a police force, a population or a definition is. No Dagster import, no rendering,
no network outside ``sources``.
"""
