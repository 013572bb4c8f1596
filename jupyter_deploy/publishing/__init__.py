"""A run's results as reports, tables, files and metrics that readers get."""
