"""Greets people, on a card or over a wire."""
