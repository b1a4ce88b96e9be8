"""One job of a workflow with routes on this agent: the run's workspace before it, and what becomes of it afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dominoci_agent.client.arbiter import BuildClient
from dominoci_agent.client.large_files import ArbiterLargeFiles
from dominoci_agent.client.wire import Job
from dominoci_agent.pipeline.model import Pipeline, State
from dominoci_agent.reporter import Reporter
from dominoci_agent.runtime import flow
from dominoci_agent.runtime.credentials import Credentials
from dominoci_agent.runtime.folder import BuildFolder
from dominoci_agent.runtime.git import GitError, Remote
from dominoci_agent.runtime.pipeline_repo import JobEnd, MergeConflict, PipelineRepo
from dominoci_agent.runtime.run import StepRecord
from dominoci_agent.runtime.stop import Stop

STEP = "workspace"


@dataclass
class JobWorkspace:
    """The pipeline repository around one job. What is kept, and what cannot be, is told as one more step of the build."""

    client: BuildClient
    job: Job
    repo: PipelineRepo
    record: StepRecord | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, client: BuildClient, job: Job, folder: BuildFolder, stop: Stop, over: int) -> JobWorkspace:
        """In the build's folder: the workspace where the job sees it, the repository where it does not, the source beside."""
        arbiter = client.arbiter
        remote = Remote.at(arbiter.absolute(job.workspace.url), Credentials(job.workspace.username, job.workspace.password))
        repo = PipelineRepo(
            folder.path / "run", folder.scratch / "run.git", remote, stop, ArbiterLargeFiles(client, job.workspace.url), over
        )
        folder.workspace, folder.source = repo.workspace, folder.path / "source"
        return cls(client, job, repo)

    def bring(self, given: Mapping[str, str]) -> State | None:
        """Lay the state out that the job begins with. The state that the job ended in, when an agent before this one ran it,
        and could only not tell: then it must not run again. GitError, MergeConflict."""
        self.repo.bring()
        self.variables = flow.environment(given, self.repo.variables())
        state = self.repo.left_by(self.client.claim.id)
        return State(state) if state else None

    def announced(self, pipeline: Pipeline, steps: int) -> StepRecord:
        """The step that stands for keeping the workspace, after the job's own `steps`."""
        self.record = StepRecord(steps + 1, pipeline.name, pipeline.stages[0].name, STEP)
        return self.record

    def keep(self, state: State, reporter: Reporter) -> None:
        """Commit, merge, push. MergeConflict, GitError, OSError; whatever it is stands in the step's log."""
        record = replace(self.record or StepRecord(1, "", "", STEP), state=State.RUNNING, started_at=_now())
        reporter.step(record)
        sink = reporter.log(record.number)
        ended = State.FAILED
        try:
            commit = flow.keep(self.repo, self._end(state), lambda line: sink.write(f"{line}\n".encode(errors="replace")))
            sink.write(f"kept as {commit}\n".encode())
            ended = State.SUCCESS
        except (MergeConflict, GitError, OSError) as error:
            sink.write(f"{error}\n".encode(errors="replace"))
            raise
        finally:
            sink.close()
            self.record = replace(record, state=ended, exit_code=int(ended is not State.SUCCESS), finished_at=_now())
            reporter.step(self.record)

    def _end(self, state: State) -> JobEnd:
        return JobEnd(self.job.name, self.client.claim.id, state.value)

    def settled(self) -> StepRecord | None:
        """The step as it stays."""
        if self.record and not self.record.state.final:
            return replace(self.record, state=State.SKIPPED)
        return self.record


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
