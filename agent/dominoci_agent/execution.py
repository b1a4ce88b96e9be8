"""Running a definition on one's own machine, without an arbiter: `dominoci-agent exec`."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from dominoci_agent.config import AgentSettings
from dominoci_agent.pipeline.definition import Definition
from dominoci_agent.pipeline.errors import DefinitionError, Problem, Where
from dominoci_agent.pipeline.model import Pipeline, State, missing_parameters
from dominoci_agent.pipeline.selection import Change, decide
from dominoci_agent.reading import importing, read_definition
from dominoci_agent.runtime import flow
from dominoci_agent.runtime.artifacts import Artifact
from dominoci_agent.runtime.environment import BuildFacts, domino_names, step_environment
from dominoci_agent.runtime.executors import Executors
from dominoci_agent.runtime.folder import BuildFolder
from dominoci_agent.runtime.git import GitError
from dominoci_agent.runtime.mask import Mask, MaskedStream
from dominoci_agent.runtime.run import Place, Runner, StepRecord, in_shown_order
from dominoci_agent.runtime.stop import Stop, Why

COLOURS = {
    State.SUCCESS: "green",
    State.FAILED: "red",
    State.TIMED_OUT: "red",
    State.CANCELLED: "yellow",
    State.SKIPPED: "bright_black",
    State.RUNNING: "cyan",
}
_EXIT = {State.SUCCESS: 0, State.SKIPPED: 0, State.CANCELLED: 130}


@dataclass(frozen=True)
class Request:
    """What to run where; see the command's help."""

    file: Path
    folder: Path
    pipelines: tuple[str, ...] | None = None
    branch: str | None = None
    tag: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    form: str | None = None


def execute(request: Request, console: Console | None = None) -> int:
    """Run it, tell it on the console; the exit code."""
    console = console or Console(highlight=False)
    facts = _facts(request)
    try:
        pipelines = _pipelines(request, facts, console)
    except DefinitionError as error:
        for problem in error.problems:
            console.print(f"[red]{escape(str(problem))}[/red]", soft_wrap=True)
        return 2
    except GitError as error:
        console.print(f"[red]{escape(str(error))}[/red]", soft_wrap=True)
        return 2
    if not pipelines:
        console.print("Nothing to run.")
        return 0
    return _run(pipelines, facts, request, console)


def _pipelines(request: Request, facts: BuildFacts, console: Console) -> list[Pipeline]:
    definition = read_definition(request.file, request.form)
    for warning in definition.warnings:
        console.print(f"[yellow]{escape(str(warning))}[/yellow]", soft_wrap=True)
    names = _chosen(definition, request, console)
    with closing(Stop()) as stop, importing(definition, stop) as able:
        pipelines = able.pipelines(names, domino_names(facts, {}), request.variables)
    names = missing_parameters(pipelines, request.variables)
    if names:
        message = f"it needs a value of {', '.join(names)}: give it by --var {names[0]}=VALUE"
        raise DefinitionError(Problem(Where(str(request.file), 1), message))
    return pipelines


def _chosen(definition: Definition, request: Request, console: Console) -> list[str]:
    here = {name for name, where in definition.places.items() if _same(Path(where.file), request.file)}
    filters = {name: rule for name, rule in definition.filters.items() if name in here}
    change = Change(request.branch or _git(request.folder, "symbolic-ref", "--short", "-q", "HEAD"), request.tag)
    try:
        decisions = decide(filters, change, request.pipelines)
    except KeyError as error:
        message = f"there is no pipeline {error.args[0]!r} here; there are: {', '.join(sorted(filters)) or 'none'}"
        raise DefinitionError(Problem(Where(str(request.file), 1), message)) from None
    for decision in decisions:
        mark = "[green]▶[/green]" if decision.selected else "[bright_black]○[/bright_black]"
        console.print(f"{mark} pipeline [bold]{escape(decision.name)}[/bold]: {escape(decision.reason)}", soft_wrap=True)
    return [decision.name for decision in decisions if decision.selected]


def _same(file: Path, asked: Path) -> bool:
    return asked.is_dir() or file.resolve() == asked.resolve()


def _facts(request: Request) -> BuildFacts:
    branch = request.branch or _git(request.folder, "symbolic-ref", "--short", "-q", "HEAD")
    commit = _git(request.folder, "rev-parse", "--verify", "-q", "HEAD") or ""
    return BuildFacts(request.folder.name, 0, "", request.tag or branch or "", branch, request.tag, commit)


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() or None


def _run(pipelines: list[Pipeline], facts: BuildFacts, request: Request, console: Console) -> int:
    stop, scratch = Stop(), Path(tempfile.mkdtemp(prefix="dominoci-exec-"))
    folder = BuildFolder(scratch / "build")
    folder.workspace = request.folder
    environment = step_environment(facts, {}, folder)
    # one's own machine: tools find their caches and settings where they always are
    environment["HOME"] = os.environ.get("HOME", environment["HOME"])
    named = {name for pipeline in pipelines for _, step in in_shown_order(pipeline) for name in step.secrets}
    secrets = {name: os.environ[name] for name in named if name in os.environ}
    listener = _Screen(console, Mask(secrets.values()))
    place = Place(
        request.folder,
        environment,
        secrets,
        f"exec-{uuid.uuid4().hex}",
        scratch=folder.scratch,
        beside=(folder.inputs, folder.home, folder.tmp),
    )
    executors = Executors.open(AgentSettings.read(os.environ).containers)
    runner: Runner | flow.HereRun = Runner(pipelines, place, executors, listener, stop)
    if flow.routed(pipelines):
        one = flow.OneJob(place, request.folder, executors, listener, stop)
        runner = flow.HereRun(flow.merged(pipelines), scratch / "flow", request.variables, one, listener.note, stop)
    listener.prefixed = max(len(pipeline.stages) for pipeline in pipelines) > 1

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        stop.throw(Why.CANCELLED)

    before = {number: signal.signal(number, interrupted) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        state = runner.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        executors.close()
        stop.close()
        shutil.rmtree(scratch, ignore_errors=True)
    colour = COLOURS[state]
    console.print(f"[bold {colour}]{state.value}[/bold {colour}] {escape(runner.failure or '')}", soft_wrap=True)
    return _EXIT.get(state, 1)


class _Screen:
    """The listener that prints. Lines of stages that run side by side never mix, each begins with its step."""

    def __init__(self, console: Console, mask: Mask) -> None:
        self.console, self.mask = console, mask
        self.prefixed = False
        self.lock = threading.Lock()
        self.titles: dict[int, str] = {}

    def step(self, record: StepRecord) -> None:
        title = self.titles[record.number] = f"{record.stage} · {record.name}" if record.stage else record.name
        if record.state is State.WAITING:
            return
        words = f"── {title}: {record.state.value}"
        if record.started_at and record.finished_at:
            words += f" after {(record.finished_at - record.started_at).total_seconds():.1f} s"
        if record.signal or record.exit_code:
            words += f" ({record.signal or f'exit code {record.exit_code}'})"
        with self.lock:
            self.console.print(Text(words, style=COLOURS[record.state]), soft_wrap=True)

    def log(self, number: int) -> _Lines:
        return _Lines(self, f"{self.titles[number]} │ " if self.prefixed else "", self.mask.stream())

    def note(self, line: str) -> None:
        """What concerns no step."""
        with self.lock:
            self.console.print(escape(self.mask.text(line)), soft_wrap=True)

    def artifact(self, artifact: Artifact) -> None:
        with self.lock:
            self.console.print(f"   artifact {escape(artifact.name)} ({artifact.size} bytes)", soft_wrap=True)


class _Lines:
    """The log of one step, a line at a time."""

    def __init__(self, screen: _Screen, prefix: str, stream: MaskedStream) -> None:
        self.screen, self.prefix, self.stream = screen, prefix, stream
        self.rest = b""

    def room(self) -> bool:
        return True

    def write(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + self.stream.feed(data)).split(b"\n")
        self.show(lines)

    def close(self) -> None:
        rest, self.rest = self.rest + self.stream.close(), b""
        self.show([rest] if rest else [])

    def show(self, lines: list[bytes]) -> None:
        if not lines:
            return
        text = Text()
        for number, line in enumerate(lines):
            text.append("\n" if number else "")
            text.append(self.prefix, style="bright_black")
            text.append_text(Text.from_ansi(line.decode(errors="replace").rstrip("\r")))
        with self.screen.lock:
            self.screen.console.print(text, soft_wrap=True)
