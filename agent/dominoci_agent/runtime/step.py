"""One step of a build: what it needs brought, what it is run as, and what it leaves kept. Knows nothing of the order of steps."""

from __future__ import annotations

import stat
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from dominoci_agent.pipeline.model import Archive, State, Step
from dominoci_agent.runtime.archive import ArchiveError, inside, pack
from dominoci_agent.runtime.artifacts import Artifact, ArtifactError, collect, hashed
from dominoci_agent.runtime.cache import Caches
from dominoci_agent.runtime.local import Command, Ended, Sink
from dominoci_agent.runtime.space import FULL, disk_trouble, is_full
from dominoci_agent.runtime.stop import Stop

_MOST_SAID = 64 * 1024  # by a command whose output is part of a cache's key

# a shell reports the signal that ended its last command by this exit code; others are also used for other things
_SIGNALS = {130: "SIGINT", 134: "SIGABRT", 137: "SIGKILL", 139: "SIGSEGV", 143: "SIGTERM"}


class Executor(Protocol):
    """Runs commands; see `local.LocalExecutor`. Any thread may call it, also for several builds at once."""

    @property
    def available(self) -> frozenset[str]:
        """What this agent can do: of `local`, `docker`, `compose`."""

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        """Run to its end, its timeout, or until `stop` is thrown; nothing of it is left then. A command that cannot be started
        is no error: it ends with 126 or 127 and a line in its log that says why."""

    def end_build(self, mark: str) -> None:
        """The build of that mark is over: remove what its steps shared (networks, containers). Never raises."""


def needed(step: Step, *, isolated: bool) -> str | None:
    """Which executor a step cannot do without: of `docker`, `compose`; None when any will do. `isolated`: see `Command`."""
    if step.compose is not None:
        return "compose"
    runs = step.command is not None or step.file is not None
    return "docker" if runs and (step.image or isolated) else None


@dataclass(frozen=True)
class Place:
    """Where a build runs, and with what environment. `mark` tells its processes from all others. `scratch` is for the agent's own
    files, `beside` are folders that steps see beside the workspace. `isolated`: see `Command`."""

    workspace: Path
    environment: Mapping[str, str]
    secrets: Mapping[str, str]
    mark: str
    scratch: Path = Path("/tmp")  # noqa: S108 - the agent always says which
    beside: tuple[Path, ...] = ()
    isolated: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a step ended. `problem` is the sentence about it (None: there is none); `trouble` says that the agent or the arbiter is
    to blame for it, and not the step."""

    state: State
    exit_code: int | None = None
    signal: str | None = None
    problem: str | None = None
    trouble: bool = False


class UnusableStep(Exception):
    """A step that cannot even be started; the text is for its log."""


class Interrupted(Exception):
    """The step's time is up, or the build was stopped."""

    def __init__(self, *, timed_out: bool) -> None:
        super().__init__()
        self.timed_out = timed_out


@dataclass(frozen=True)
class StepRun:
    """One run of one step. `until` is on the monotonic clock; `keep` hands an artifact over (ArtifactError)."""

    step: Step
    place: Place
    executor: Executor
    caches: Caches
    keep: Callable[[Artifact], None]
    sink: Sink
    stop: Stop
    mark: str
    until: float | None = None

    def run(self, stage_artifacts: Iterable[str] = ()) -> Outcome:
        """All of it. Never raises for what a step, a disk or the arbiter can do wrong."""
        try:
            return self._run(stage_artifacts)
        except UnusableStep as error:
            self._say(str(error))
            return Outcome(State.FAILED, 126, problem="exit code 126")
        except Interrupted as error:
            return self._outcome(Ended(timed_out=error.timed_out, stopped=not error.timed_out))
        except ArtifactError as error:
            return self._not_kept(f"artifacts: {error}", trouble=error.trouble)
        except ArchiveError as error:
            return self._not_kept(f"archive: {error}")
        except OSError as error:
            return self._not_kept(disk_trouble(error), trouble=True)

    def _run(self, stage_artifacts: Iterable[str]) -> Outcome:
        step = self.step
        for cache in (*step.restore, *step.cache):
            self.caches.restore(cache, self._ask, self._say, self._tick)
        outcome = self._outcome(self._execute())
        if outcome.state is not State.SUCCESS:
            return outcome
        if step.archive:
            self._archive(step.archive)
        for cache in (*step.save, *step.cache):
            self.caches.save(cache, self._ask, self._say, self._tick)
        for artifact in collect((*step.artifacts, *stage_artifacts), self.place.workspace):
            self._tick()
            self.keep(artifact)
        return outcome

    def _execute(self) -> Ended:
        step = self.step
        missing = {needed(step, isolated=self.place.isolated)} - {None} - self.executor.available
        if missing:
            asked = f'the image "{step.image}"' if step.image else "containers"
            raise UnusableStep(f"the step asks for {asked}, and this agent has no {missing.pop()} executor")
        if step.compose is not None:
            return self.executor.run(replace(self._command([]), compose=step.compose), self.sink, self.stop)
        if step.command is not None:
            return self.executor.run(self._command(["/bin/sh", "-ec", step.command]), self.sink, self.stop)
        if step.file is not None:
            return self.executor.run(self._command([str(_program(step.file, self.place.workspace))]), self.sink, self.stop)
        return Ended(exit_code=0)

    def _command(self, argv: list[str]) -> Command:
        place = self.place
        return Command(
            argv,
            self._environment(),
            place.workspace,
            self.mark,
            None if self.until is None else max(0.0, self.until - time.monotonic()),
            image=self.step.image,
            beside=place.beside,
            isolated=place.isolated,
        )

    def _environment(self) -> dict[str, str]:
        missing = [name for name in self.step.secrets if name not in self.place.secrets]
        if missing:
            raise UnusableStep(f"the step asks for secrets that this build was not given: {', '.join(missing)}")
        chosen = {name: self.place.secrets[name] for name in self.step.secrets}
        return {**self.place.environment, **self.step.environment, **chosen}

    def _ask(self, command: str) -> bytes:
        """What a command says where the step runs; its exit code is part of that."""
        said = _Said()
        ended = self.executor.run(self._command(["/bin/sh", "-ec", command]), said, self.stop)
        self._tick()
        return bytes(said.text) + f"\0{ended.exit_code}".encode()

    def _archive(self, archive: Archive) -> None:
        workspace, name = self.place.workspace, archive.name
        whole = archive.folder in ("", ".")
        folder = workspace if whole else inside(workspace, archive.folder)
        if not folder.is_dir():
            raise ArchiveError(f'there is no folder "{archive.folder}"')
        self.place.scratch.mkdir(parents=True, exist_ok=True)
        target = self.place.scratch / f"archive-{uuid.uuid4().hex}"
        try:
            packed = pack(folder, ["."], target, self._tick, workspace=workspace)
            for link in packed.left_out[:20]:
                self._say(f"archive {name}: left out {link}, which leads outside")
            self._tick()
            self.keep(hashed(name, target))
            self._say(f"archive {name}: {packed.files} files, {target.stat().st_size} bytes")
        finally:
            target.unlink(missing_ok=True)

    def _tick(self) -> None:
        if self.stop:
            raise Interrupted(timed_out=False)
        if self.until is not None and time.monotonic() >= self.until:
            raise Interrupted(timed_out=True)

    def _say(self, line: str) -> None:
        self.sink.write(f"{line}\n".encode(errors="replace"))

    def _not_kept(self, problem: str, *, trouble: bool = False) -> Outcome:
        if self.stop:
            return Outcome(State.CANCELLED)
        self._say(problem)
        return Outcome(State.FAILED, problem=problem, trouble=trouble)

    def _outcome(self, ended: Ended) -> Outcome:
        if ended.trouble and not ended.stopped:
            return Outcome(State.FAILED, problem=ended.trouble, trouble=True)
        named = ended.signal or _SIGNALS.get(ended.exit_code or 0)
        state, problem = _state_of(ended), _sentence(ended, named, self.step)
        trouble = state is State.FAILED and is_full(self.place.workspace)
        if trouble:
            problem = f"{problem}: {FULL}"
        return Outcome(state, ended.exit_code, named, problem, trouble)


class _Said:
    """A sink that keeps the beginning."""

    def __init__(self) -> None:
        self.text = bytearray()

    def write(self, data: bytes) -> None:
        self.text += data[: _MOST_SAID - len(self.text)]

    def room(self) -> bool:
        return True


def _program(file: str, workspace: Path) -> Path:
    """The script, made executable. UnusableStep when it is not a file of the workspace or has no shebang."""
    path = workspace / file
    if not path.resolve().is_relative_to(workspace.resolve()) or not path.is_file():
        raise UnusableStep(f'the file "{file}" is not in the repository')
    with path.open("rb") as stream:
        if stream.read(2) != b"#!":
            raise UnusableStep(f'the file "{file}" needs a first line like "#!/bin/sh"')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _state_of(ended: Ended) -> State:
    if ended.timed_out:
        return State.TIMED_OUT
    if ended.stopped:
        return State.CANCELLED
    return State.SUCCESS if ended.exit_code == 0 else State.FAILED


def _sentence(ended: Ended, named: str | None, step: Step) -> str | None:
    if ended.stopped:
        return None
    if ended.timed_out:
        limit = f" of {step.timeout_s:g} s" if step.timeout_s else ""
        return f"it took longer than its limit{limit}"
    if ended.exit_code is None:
        return f"it was ended by {named}"
    return f"exit code {ended.exit_code}" + (f" ({named})" if named else "") if ended.exit_code else None
