"""`dominoci.yml`: projects and the dependencies between them as a reviewed file (docs/graph-as-code.md has the format).

`parse` reads it, `check` compares it with what there is, `plan` says what applying it would do, `write` writes it. Pure.
"""
