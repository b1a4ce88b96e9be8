"""Unpacks what the upstream projects of this tree have built: python3 ci/upstream.py NAME...

$DOMINO_INPUTS/NAME/NAME.tar.gz goes to upstream/NAME/, and upstream/NAME.json says which archive it was. A build that was
not started by a tree has no inputs: that is said, and is no error.
"""

import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
from pathlib import Path, PurePosixPath

import terminal


def main():
    """0 unless an archive is not what its manifest says."""
    return max([take(name) for name in sys.argv[1:]], default=0)


def take(name):
    """Unpacks one upstream's archive."""
    terminal.step(f"{name} of this tree")
    shutil.rmtree(Path("upstream", name), ignore_errors=True)
    archive = Path(os.environ.get("DOMINO_INPUTS") or "no-inputs", name, f"{name}.tar.gz")
    if not archive.is_file():
        terminal.note(f"this build was not given {name}: it goes on without it, with what can be checked alone")
        return 0
    content = archive.read_bytes()
    files = read(content)
    manifest = json.loads(files["manifest.json"])
    for path, digest in manifest["files"].items():
        if hashlib.sha256(files.get(path, b"")).hexdigest() != digest:
            terminal.bad(f"{path} is not the file that {name} has packed")
            return 1
    write(Path("upstream", name), files)
    about = {"commit": manifest["commit"], "sha256": hashlib.sha256(content).hexdigest()}
    Path("upstream", f"{name}.json").write_text(json.dumps(about))
    terminal.good(f"{len(files)} files, built from {about['commit'][:12]}, all as packed")
    terminal.detail(f"sha256 {about['sha256']}")
    return 0


def read(content):
    """The regular files of an archive by path; anything that would leave its folder is refused."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        for member in tar:
            path = PurePosixPath(member.name)
            if not member.isfile() or path.is_absolute() or ".." in path.parts:
                raise SystemExit(f"the archive holds {member.name!r}, which is no plain file inside it")
            files[str(path)] = tar.extractfile(member).read()
    return files


def write(folder, files):
    """Puts the files below `folder`."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
