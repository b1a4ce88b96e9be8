"""Measures the page in Chromium against the budgets of ui.md (P13): `python -m bench.ui`, or `make bench-ui`."""
