"""Greetings over a wire."""
