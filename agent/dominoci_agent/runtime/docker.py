"""The docker executor: each step in a container of its own, on a network that only its build has."""

from __future__ import annotations

import contextlib
import os
import select
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dominoci_agent.runtime.engine import Engine, EngineTrouble, UnusableImage, for_container, labels
from dominoci_agent.runtime.local import KILL_AFTER_S, READ_SIZE, Command, Ended, Sink
from dominoci_agent.runtime.stop import Stop

_FULL_SINK_MS = 20
_DRAIN_S = 5.0
_SOON_S, _LATER_S = 0.005, 0.1
_HEADER = struct.Struct(">BxxxL")


@dataclass
class DockerExecutor:
    """Runs commands in containers. Any thread may call `run`, and shorten `kill_after_s` meanwhile.

    The workspace and the other folders of the build are mounted under the paths that they have here. The program is the agent's
    own user, without capabilities, and there is no socket of the engine. The container is removed when it ends."""

    engine: Engine
    kill_after_s: float = KILL_AFTER_S

    def run(self, command: Command, sink: Sink, stop: Stop) -> Ended:
        """Run to the end, to the timeout, or until `stop` is thrown: then TERM, and KILL after `kill_after_s`. An image that
        cannot be had or used ends with 127 or 126 and a line in the log; `trouble` says that the engine is to blame."""
        started = time.monotonic()
        image = command.image or self.engine.containers.image
        if stop:
            return Ended(stopped=True)
        if image is None:
            sink.write(b"the step must run in a container, but names no image (nor does DOMINOCI_AGENT_IMAGE)\n")
            return Ended(exit_code=126)
        try:
            self.engine.image(image, sink, stop)
            with self._container(image, command) as container:
                return _Attendance(self, container, command, sink, stop, started).attend()
        except UnusableImage as error:
            sink.write(f"{error}\n".encode())
            return Ended(exit_code=127)
        except EngineTrouble as error:
            sink.write(f"{error}\n".encode())
            return Ended(stopped=bool(stop), trouble=f"docker: {error}")

    @contextlib.contextmanager
    def _container(self, image: str, command: Command) -> Iterator[str]:
        """A container that was made and not yet started, and is removed afterwards."""
        from docker.types import LogConfig, Mount

        bounds = self.engine.containers
        folders = (command.folder, *command.beside)
        with self.engine.calls("the container could not be made") as api:
            host = api.create_host_config(
                mounts=[Mount(str(path), str(path), type="bind") for path in folders],
                network_mode=self.engine.network(command.mark),
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                nano_cpus=int(bounds.cpus * 1e9) if bounds.cpus else None,
                mem_limit=bounds.memory,
                memswap_limit=bounds.memory,
                pids_limit=bounds.pids,
                init=True,  # a program that is process 1 would not hear a TERM
                log_config=LogConfig(type="none"),  # the output goes to the arbiter, and not to the engine's disk as well
            )
            made = api.create_container(
                image,
                entrypoint=list(command.argv[:1]),
                command=list(command.argv[1:]),
                environment=for_container(command.environment),
                working_dir=str(command.folder),
                user=f"{os.getuid()}:{os.getgid()}",
                labels=labels(command.mark),
                host_config=host,
            )
        try:
            yield made["Id"]
        finally:
            with self.engine.calls("the container could not be removed") as api:
                api.remove_container(made["Id"], force=True, v=True)


class Frames:
    """Takes the engine's stream apart: 8 bytes of header (stream, length), then so many bytes of output
    (docs.docker.com, "Attach to a container")."""

    def __init__(self) -> None:
        self._header = b""
        self._left = 0

    def feed(self, received: bytes) -> Iterator[bytes]:
        """The output in it."""
        view = memoryview(received)
        while view:
            if self._left:
                part, view = view[: self._left], view[self._left :]
                self._left -= len(part)
                yield bytes(part)
                continue
            missing = _HEADER.size - len(self._header)
            self._header += bytes(view[:missing])
            view = view[missing:]
            if len(self._header) == _HEADER.size:
                self._left = int(_HEADER.unpack(self._header)[1])
                self._header = b""


@dataclass
class _Attendance:
    """One container: reads its output, keeps its time, ends it."""

    executor: DockerExecutor
    container: str
    command: Command
    sink: Sink
    stop: Stop
    started: float
    kill_at: float | None = None
    killed_at: float | None = None
    timed_out: bool = False
    stopped: bool = False
    frames: Frames = field(default_factory=Frames)

    def attend(self) -> Ended:
        engine = self.executor.engine
        with engine.calls("the container was lost") as api:
            output = api.attach_socket(self.container, {"stdout": 1, "stderr": 1, "stream": 1})
            with contextlib.closing(output._response):  # the answer that the socket is a part of
                api.start(self.container)
                self._follow(output.fileno())
            state = self._ended_state(api)
        if state["OOMKilled"]:
            self.sink.write(f"out of memory: the limit is {engine.containers.memory} bytes\n".encode())
        return Ended(exit_code=state["ExitCode"], timed_out=self.timed_out, stopped=self.stopped)

    def _follow(self, output: int) -> None:
        """Until the container's output has ended."""
        os.set_blocking(output, False)
        poll = select.poll()
        poll.register(self.stop.fileno(), select.POLLIN)
        reading = False
        while True:
            if reading != self._may_read():
                reading = not reading
                if reading:
                    poll.register(output, select.POLLIN)
                else:
                    poll.unregister(output)
            ready = {descriptor for descriptor, _ in poll.poll(self._patience_ms(reading))}
            if output in ready and not self._read(output):
                return
            if self.stop.fileno() in ready:
                poll.unregister(self.stop.fileno())
                self._stop_it()
            self._keep_time()
            if self.killed_at is not None and time.monotonic() > self.killed_at + _DRAIN_S:
                return

    def _may_read(self) -> bool:
        return self.sink.room() or self.killed_at is not None

    def _read(self, output: int) -> bool:
        """Take what is there; False at the end of the stream."""
        try:
            received = os.read(output, READ_SIZE)
        except BlockingIOError:
            return True
        for part in self.frames.feed(received):
            self.sink.write(part)
        return bool(received)

    def _patience_ms(self, reading: bool) -> float | None:
        waits: list[float] = [] if reading else [_FULL_SINK_MS]
        due = self.kill_at
        if due is None and self.command.timeout_s is not None:
            due = self.started + self.command.timeout_s
        if due is not None:
            waits.append(max(0, (due - time.monotonic()) * 1000))
        return min(waits) + 1 if waits else None

    def _keep_time(self) -> None:
        now, limit = time.monotonic(), self.command.timeout_s
        if self.kill_at is not None and now >= self.kill_at:
            self._signal("SIGKILL")
            self.killed_at = self.killed_at or now
            self.kill_at = now + 1
        elif self.kill_at is None and limit is not None and now >= self.started + limit:
            self.timed_out = True
            self._terminate()

    def _stop_it(self) -> None:
        self.stopped = not self.timed_out
        self._terminate()

    def _terminate(self) -> None:
        if self.kill_at is None:
            self._signal("SIGTERM")
            self.kill_at = time.monotonic() + self.executor.kill_after_s

    def _signal(self, name: str) -> None:
        from docker.errors import APIError

        with contextlib.suppress(APIError):  # it has just ended
            self.executor.engine.api.kill(self.container, name)

    def _ended_state(self, api: Any) -> dict[str, Any]:
        """A program may close its output and go on, so its end is waited for with the same care."""
        pause = _SOON_S
        while True:
            state: dict[str, Any] = api.inspect_container(self.container)["State"]
            if not state["Running"]:
                return state
            if self.stop.wait(pause):
                if self.kill_at is None:
                    self._stop_it()
                time.sleep(pause)
            self._keep_time()
            pause = min(pause * 2, _LATER_S)
