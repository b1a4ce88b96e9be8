"""Packs an archive that is the same, byte for byte, whenever its content is: python3 ci/pack.py NAME PATH... [--with UPSTREAM].

NAME.tar.gz holds the paths, the package of the upstream that it was built with, and manifest.json, which names the commit,
the upstream's archive and the digest of every file.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import terminal


def main():
    """Writes the archive into the current folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--with", dest="upstream")
    wanted = parser.parse_args()
    terminal.step(f"packing {wanted.name}.tar.gz")
    files = {}
    for path in wanted.paths:
        files.update(below(Path(), Path(path)))
    built_with = {}
    if wanted.upstream:
        files.update(below(Path("upstream", wanted.upstream), Path(wanted.upstream)))
        about = Path("upstream", f"{wanted.upstream}.json")
        built_with[wanted.upstream] = json.loads(about.read_text()) if about.exists() else None
    content = pack({**files, "manifest.json": manifest(wanted.name, built_with, files)})
    Path(f"{wanted.name}.tar.gz").write_bytes(content)
    terminal.good(f"{len(files) + 1} files, {len(content):,} bytes")
    terminal.detail(f"sha256 {hashlib.sha256(content).hexdigest()}")


def below(root, path):
    """The files of a path (a file or a folder) by their name relative to `root`."""
    start = root / path
    found = [start] if start.is_file() else sorted(p for p in start.rglob("*") if p.is_file() and p.suffix != ".pyc")
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in found}


def manifest(name, built_with, files):
    """What the archive says about itself."""
    about = {
        "name": name,
        "commit": os.environ.get("DOMINO_COMMIT") or "a working copy",
        "built_with": built_with,
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())},
    }
    return json.dumps(about, indent=2, sort_keys=True).encode()


def pack(files):
    """The bytes of a .tar.gz without a time or an owner in it."""
    inside = io.BytesIO()
    with tarfile.open(fileobj=inside, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return gzip.compress(inside.getvalue(), mtime=0)


if __name__ == "__main__":
    main()
