"""Measures DominoCI against limits and peers in the same run (design: performance.md). `python -m bench` is the short set."""
