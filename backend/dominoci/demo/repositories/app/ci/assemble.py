"""Puts app.pyz together from this repository and the net and ui of this tree, if both were built with one and the same core."""

import io
import json
import os
import sys
import zipfile
from pathlib import Path

import terminal

PARTS = ("net", "ui")
START = "import app.cli\n\napp.cli.main()\n"


def main():
    """0 when app.pyz was written; 1 when the parts do not fit together."""
    terminal.step("putting app.pyz together")
    manifests = {name: read_manifest(name) for name in PARTS}
    for name, found in manifests.items():
        if not found:
            terminal.note(f"without {name}: this build was not given it")
    cores = {name: found["built_with"]["core"] for name, found in manifests.items() if found}
    if not fit(cores):
        return 1
    parts = {"app": os.environ.get("DOMINO_COMMIT") or "a working copy", "core": next(iter(cores.values()), None)}
    parts.update({name: found["commit"] if found else None for name, found in manifests.items()})
    content = zipped({**packages(), "app/parts.json": json.dumps(parts).encode(), "__main__.py": START.encode()})
    target = Path("app.pyz")
    target.write_bytes(b"#!/usr/bin/env python3\n" + content)
    target.chmod(0o755)
    terminal.good(f"app.pyz, {target.stat().st_size:,} bytes")
    return 0


def read_manifest(name):
    """What a part says about itself; None when this build was not given it."""
    path = Path("upstream", name, "manifest.json")
    return json.loads(path.read_text()) if path.exists() else None


def fit(cores):
    """Whether all parts were built with the same archive of core."""
    for name, core in cores.items():
        said = f"core {core['commit'][:12]}, archive {core['sha256'][:12]}" if core else "no core"
        terminal.detail(f"{name} was built with {said}")
    if len({json.dumps(core, sort_keys=True) for core in cores.values()}) > 1:
        terminal.bad("the parts were built with different cores: they must not be put together")
        return False
    if len(cores) == len(PARTS):
        terminal.good("net and ui were built with the same core")
    return True


def packages():
    """The sources of everything that goes in, by their path inside."""
    files = {}
    for root in (Path(), *(Path("upstream", name) for name in PARTS)):
        for package in ("app", "core", *PARTS):
            for path in sorted((root / package).rglob("*.py")):
                files[path.relative_to(root).as_posix()] = path.read_bytes()
    return files


def zipped(files):
    """A zip file that depends on nothing but its content."""
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return inside.getvalue()


if __name__ == "__main__":
    sys.exit(main())
