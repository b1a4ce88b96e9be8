"""A supervisor for tests to start and to kill: `python -m tests.fakes.supervised SPEC`, where SPEC is JSON with the data
folder, a port, and stages of children; each stage, once ready, leaves a file `stage-<n>` in the folder."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dominoci.config import Settings
from dominoci.supervisor.child import Child
from dominoci.supervisor.loop import STOP_S, Stage
from dominoci.supervisor.stack import run_stages, valkey


def main(spec: dict[str, Any]) -> int:
    """Runs what the specification says; the exit code."""
    folder = Path(spec["folder"])
    settings = Settings.from_env(os.environ, data=spec.get("data", str(folder)), host="127.0.0.1", port=spec["port"])
    stages = [
        Stage([_child(settings, one) for one in children], partial((folder / f"stage-{number}").write_bytes, b""))
        for number, children in enumerate(spec["stages"])
    ]
    return run_stages(settings, stages, spec.get("stop_s", STOP_S))


def _child(settings: Settings, one: dict[str, Any]) -> Child:
    if one["name"] == "valkey":
        return valkey(settings)
    ready: Callable[[], bool] | None = Path(one["ready"]).exists if "ready" in one else None
    return Child(one["name"], one["argv"], dict(os.environ), ready, one.get("stop_rank", 1), one.get("once", False))


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
