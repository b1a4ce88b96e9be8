"""Opens image.tar again, as a registry would: every blob must be what its name says, and the app in it must run."""

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import terminal

MISSING_PART = 3  # the app's exit status when it was put together without what a command needs


def main():
    """0 when the image is whole and what it holds runs."""
    terminal.step("the image, read again")
    with tarfile.open("image.tar") as image:
        files = {member.name: image.extractfile(member).read() for member in image if member.isfile()}
    wrong = [name for name, content in files.items() if name.startswith("blobs/") and not named_right(name, content)]
    for name in wrong:
        terminal.bad(f"{name} holds something else")
    manifest = follow(files, json.loads(files["index.json"])["manifests"][0])
    config = follow(files, json.loads(manifest)["config"])
    packed = [follow(files, layer) for layer in json.loads(manifest)["layers"]]
    plain = [gzip.decompress(layer) for layer in packed]
    said = json.loads(config)["rootfs"]["diff_ids"]
    if wrong or said != [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in plain]:
        terminal.bad("the layers are not those that the configuration names")
        return 1
    terminal.good(f"{len(files)} files, every blob is what its name says")
    with tempfile.TemporaryDirectory() as root:
        for layer in plain:
            lay(Path(root), layer)
        return run(Path(root, "opt/app/app.pyz"))


def named_right(name, content):
    """Whether a blob is what its name says."""
    return name.rsplit("/", 1)[1] == hashlib.sha256(content).hexdigest()


def follow(files, descriptor):
    """The blob that a descriptor speaks of."""
    content = files[f"blobs/{descriptor['digest'].replace(':', '/')}"]
    if len(content) != descriptor["size"]:
        raise SystemExit(f"{descriptor['digest']} has {len(content)} bytes, not {descriptor['size']}")
    return content


def lay(root, layer):
    """Puts a layer's files over what is there."""
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        for member in archive:
            target = root / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.extractfile(member).read())
            target.chmod(member.mode)


def run(app):
    """What the image is there for."""
    if not app.exists():
        terminal.note("there is no app in it to run")
        return 0
    terminal.step("the app in the image runs")
    done = subprocess.run([sys.executable, str(app), "card", "image"], timeout=60, check=False)
    if done.returncode == MISSING_PART:
        terminal.note("it was put together without ui, and says so")
        return 0
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
