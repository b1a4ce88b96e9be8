"""One module a file format; each compiles text to `dominoci_agent.pipeline.model` and knows no other format."""

FORMATS = ("factory", "flow", "job", "builder")
