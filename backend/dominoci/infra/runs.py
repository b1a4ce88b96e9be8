"""The pipeline repositories: one a run, hosted beside the projects' ones, holding what its jobs share.

In its root stand `workspace/` (what jobs see as /workspace), `variables/` (one file each) and `.gitattributes`, which lets
git-lfs show large files to people who clone it. `refs/heads/main` is the state that the next job begins with,
`refs/jobs/<build id>` what a job has left. It has no hooks: a push to it starts nothing.
"""

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dominoci.infra.git import Hosting
from dominoci.infra.hosting import command, refs, trees
from dominoci.infra.hosting.trees import Entry

WORKSPACE: Final = "workspace"
VARIABLES: Final = "variables"
MAIN: Final = "refs/heads/main"
JOBS: Final = "refs/jobs/"
_ATTRIBUTES = b"workspace/** filter=lfs -text\n"
# history is only added to. What looks like a submodule in a workspace is a file like any other: nobody runs git there
_CONFIG = """
[http]
	receivepack = true
[receive]
	denyNonFastForwards = true
	denyDeletes = true
	fsckObjects = true
	maxInputSize = 1073741824
[receive "fsck"]
	gitmodulesUrl = ignore
	gitmodulesPath = ignore
	gitmodulesParse = ignore
	gitmodulesSymlink = ignore
	gitmodulesBlob = ignore
	gitmodulesName = ignore
	gitmodulesUpdate = ignore
	gitmodulesLarge = ignore
	gitmodulesMissing = ignore
	gitattributesLarge = ignore
	gitattributesLineLength = ignore
	symlinkTargetLength = ignore
[gc]
	autoDetach = false
[core]
	hooksPath = /dev/null
"""


@dataclass(frozen=True)
class Runs:
    """The pipeline repositories among the hosted ones. Any thread of any process may call any method."""

    hosting: Hosting

    def folder(self, run_id: str) -> Path:
        """Where a run's repository is or would be."""
        return self.hosting.folder(run_id)

    def ensure(self, run_id: str, variables: Mapping[str, str]) -> None:
        """Makes the repository, if it is not there: an empty workspace, and these variables as files."""
        if self.hosting.exists(run_id):
            return
        with self.hosting.alone():
            if not self.hosting.exists(run_id):
                self._create(self.folder(run_id), variables)

    def _create(self, folder: Path, variables: Mapping[str, str]) -> None:
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=self.hosting.root))
        try:
            command.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--", str(new), at=self.hosting.root)
            with (new / "config").open("a") as config:
                config.write(_CONFIG)
            command.run("fast-import", "--quiet", at=new, stdin=_first_commit(variables))
            new.rename(folder)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def commit(self, run_id: str, job_build_id: str | None = None) -> str | None:
        """The newest state of a run, or the one that a job has left; None when there is none."""
        name = f"{JOBS}{job_build_id}" if job_build_id else MAIN
        return refs.read(self.folder(run_id), name)

    def listing(self, run_id: str, commit: str, path: str) -> list[Entry]:
        """The entries of a folder of the workspace; "" is the workspace itself."""
        return trees.listing(self.folder(run_id), commit, _below(path))

    def entry(self, run_id: str, commit: str, path: str) -> Entry | None:
        """One entry of the workspace."""
        return trees.entry(self.folder(run_id), commit, _below(path))

    def everything(self, run_id: str, commit: str) -> list[Entry]:
        """All files of the workspace."""
        return trees.listing(self.folder(run_id), commit, WORKSPACE, deep=True)

    def variables(self, run_id: str, commit: str, most: int) -> dict[str, str]:
        """The variables of a state, the first `most` characters of each."""
        folder = self.folder(run_id)
        with trees.Blobs(folder) as blobs:
            found = trees.listing(folder, commit, VARIABLES)
            return {one.name: b"".join(blobs.read(one.blob)).decode(errors="replace")[:most] for one in found}


def _below(path: str) -> str:
    return f"{WORKSPACE}/{path}".rstrip("/")


def _first_commit(variables: Mapping[str, str]) -> bytes:
    """The stream for git-fast-import(1)."""
    head = f"commit refs/heads/main\ncommitter DominoCI <dominoci@localhost> {int(time.time())} +0000\n"
    parts = [head.encode(), _data(b"The run begins\n")]
    files = {".gitattributes": _ATTRIBUTES} | {f"{VARIABLES}/{name}": text.encode() for name, text in variables.items()}
    for path, content in sorted(files.items()):
        parts += [f"M 100644 inline {path}\n".encode(), _data(content)]
    return b"".join(parts)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
