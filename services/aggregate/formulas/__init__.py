"""Derived indicators: one entry per kind of formula in `table`, all of it pure."""
