"""The shape of a pipeline as the wire and the API tell it: its stages with what joins them, and its parameters."""

from __future__ import annotations

from typing import Any

from dominoci_agent.pipeline.model import Pipeline, Routes, Stage


def shape(pipeline: Pipeline) -> dict[str, Any]:
    """`routed`, `stages[{name, depends_on, success, fail}]` and `parameters[{name, required, default}]`."""
    parameters = [{"name": one.name, "required": one.required, "default": one.default} for one in pipeline.parameters]
    return {"routed": pipeline.routed, "stages": [_stage(stage) for stage in pipeline.stages], "parameters": parameters}


def _stage(stage: Stage) -> dict[str, Any]:
    routes = stage.routes or Routes()
    joined = {"depends_on": stage.depends_on, "success": routes.success, "fail": routes.fail}
    return {"name": stage.name, **{key: list(names) for key, names in joined.items()}}
