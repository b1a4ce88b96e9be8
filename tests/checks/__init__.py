"""Checks of the repository itself, each run as a module."""
