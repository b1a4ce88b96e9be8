"""Greetings and plain-text layout."""

from core.greeting import greet, greet_all
from core.layout import columns, wrap

VERSION = "1.0.0"

__all__ = ["VERSION", "columns", "greet", "greet_all", "wrap"]
