"""DominoCI: the arbiter between CI systems."""

__version__ = "0.1.0"
