"""As much of GitLab CI as an included file needs: extends, !reference, stages, when, rules on variables, script in a shell."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

STAGES = (".pre", "test", ".post")
Job = dict[str, Any]


class Reference(list[str]):
    """`!reference [job, key]`."""


class _Loader(yaml.SafeLoader):
    pass


def _reference(loader: yaml.SafeLoader, node: yaml.Node) -> Reference:
    assert isinstance(node, yaml.SequenceNode)
    return Reference(loader.construct_sequence(node))


_Loader.add_constructor("!reference", _reference)


@dataclass(frozen=True)
class Ran:
    """A job that was run."""

    name: str
    code: int
    output: str


class Pipeline:
    """One pipeline of a CI file: `files` are merged as include does, later ones on top."""

    def __init__(self, files: Sequence[str], shell: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self._file: Job = {}
        for text in files:
            self._file = _merged(self._file, yaml.load(text, _Loader))  # noqa: S506  a SafeLoader with one more tag
        self._shell, self._env, self._folder = shell, env, folder

    def run(self) -> list[Ran]:
        """The jobs that ran, in the order of their stages; a job that fails without allow_failure makes the rest see that."""
        ran, failed = [], False
        names = [name for name in self._file if not name.startswith(".") and "script" in self._job(name)]
        for stage in STAGES:
            before = failed
            for name in [name for name in names if self._job(name).get("stage", "test") == stage]:
                job = self._job(name)
                if self._wanted(job, before):
                    ran.append(self._run(name, job))
                    failed |= ran[-1].code != 0 and not job.get("allow_failure")
        return ran

    def _job(self, name: str) -> Job:
        job: Job = self._file[name]
        return _merged(self._job(job["extends"]), job) if "extends" in job else job

    def _wanted(self, job: Job, failed: bool) -> bool:
        rules = job.get("rules", [{}])
        matching = (rule for rule in rules if "if" not in rule or self._true(rule["if"]))
        when = next((rule.get("when", job.get("when", "on_success")) for rule in matching), "never")
        return bool(when == ("on_failure" if failed else "on_success"))

    def _true(self, condition: str) -> bool:
        return any(self._env.get(name.strip().removeprefix("$")) for name in condition.split("||"))

    def _run(self, name: str, job: Job) -> Ran:
        env = {**self._env, **job.get("variables", {})}
        done = self._sh(job["script"], env)
        output, status = done.stdout + done.stderr, "failed" if done.returncode else "success"
        if "after_script" in job:  # a shell of its own, whose exit code does not count
            after = self._sh(job["after_script"], {**env, "CI_JOB_STATUS": status})
            output += after.stdout + after.stderr
        return Ran(name, done.returncode, output)

    def _sh(self, script: Sequence[Any], env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        argv = [*self._shell, "-e", "-c", "\n".join(self._lines(script))]
        return subprocess.run(argv, env=env, cwd=self._folder, capture_output=True, text=True, timeout=60, check=False)

    def _lines(self, script: Sequence[Any]) -> Iterator[str]:
        for line in script:
            if isinstance(line, Reference):
                yield from self._lines(self._job(line[0])[line[1]])
            else:
                yield str(line)


def _merged(below: Job, above: Job) -> Job:
    """Mappings are merged, everything else is replaced."""
    both = {key: _merged(below[key], above[key]) for key in below.keys() & above.keys() if isinstance(above[key], dict)}
    return {**below, **above, **both}
