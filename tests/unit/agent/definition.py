"""The least valid definitions, and what a test adds to them."""

from __future__ import annotations

from dominoci_agent.pipeline.formats.factory import Definition, load


def pipeline(*stages: str, name: str = "build", rule: str = "") -> str:
    """A pipeline of stages `"b<a"` (b depends on a)."""
    items = []
    for stage in stages:
        own, _, parents = stage.partition("<")
        depends = ", ".join(f'"{parent}"' for parent in parents.split(",") if parent)
        items.append(f'    {{ name = "{own}", depends_on = [{depends}] }},\n')
    return f'pipeline "{name}" {{\n{rule}\n  stages = [\n{"".join(items)}  ]\n}}\n'


def stage(name: str, *commands: str, extra: str = "") -> str:
    """A stage with one run a command; `extra` goes into the last run."""
    runs = []
    for number, command in enumerate(commands, 1):
        more = f"    {extra}\n" if number == len(commands) else ""
        runs.append(f'  run "r{number}" {{\n    command = <<-END\n      {command}\n    END\n{more}  }}\n')
    return f'stage "{name}" {{\n{"".join(runs)}}}\n'


def one_step(command: str, extra: str = "") -> str:
    """A definition of one step."""
    return pipeline("only") + stage("only", command, extra=extra)


def read(text: str) -> Definition:
    """The definition of one file `a.hcl`."""
    return load({"a.hcl": text})
