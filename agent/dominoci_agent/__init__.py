"""The build agent of DominoCI: claims builds from an arbiter over HTTP, runs their pipelines, reports."""

__version__ = "0.1.0"
