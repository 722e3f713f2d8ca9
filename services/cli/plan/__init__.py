"""Targets in files: a plan as a sheet or as YAML, and the events that it says."""
