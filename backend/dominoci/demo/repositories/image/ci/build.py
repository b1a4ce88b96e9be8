"""Builds image.tar: an OCI image layout with a base layer and one with the app of this tree."""

import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import terminal

MEDIA = "application/vnd.oci.image"
HOSTNAMES = "127.0.0.1 localhost\n::1 localhost\n"
RELEASE = 'NAME="Dominoes"\nID=dominoes\nVERSION_ID=1\n'
START = "#!/bin/sh\nexec python3 /opt/app/app.pyz \"$@\"\n"


def main():
    """Writes image.tar into the current folder."""
    terminal.step("layers")
    layers = [layer({"etc/os-release": (0o644, RELEASE.encode()), "etc/hosts": (0o644, HOSTNAMES.encode())})]
    app = Path(os.environ.get("DOMINO_INPUTS") or "no-inputs", "app", "app.pyz")
    if app.is_file():
        layers.append(layer({"opt/app/app.pyz": (0o755, app.read_bytes()), "usr/bin/app": (0o755, START.encode())}))
    else:
        terminal.note("this build was not given app: the image holds the base layer only")
    for plain, packed in layers:
        terminal.good(f"{digest(packed)[:19]}  {len(plain):>9,} bytes, {len(packed):>7,} packed")
    terminal.step("configuration and manifest")
    config = as_json({
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": ["/usr/bin/app"], "Labels": {"commit": os.environ.get("DOMINO_COMMIT", "")}},
        "rootfs": {"type": "layers", "diff_ids": [digest(plain) for plain, _ in layers]},
    })
    manifest = as_json({
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}.manifest.v1+json",
        "config": descriptor("config.v1+json", config),
        "layers": [descriptor("layer.v1.tar+gzip", packed) for _, packed in layers],
    })
    index = as_json({"schemaVersion": 2, "manifests": [descriptor("manifest.v1+json", manifest)]})
    blobs = [config, manifest, *(packed for _, packed in layers)]
    files = {f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}": (0o644, blob) for blob in blobs}
    files.update({"oci-layout": (0o644, as_json({"imageLayoutVersion": "1.0.0"})), "index.json": (0o644, index)})
    Path("image.tar").write_bytes(tar(files))
    terminal.good(f"image.tar of {len(layers)} layers, manifest {digest(manifest)[:19]}")


def layer(files):
    """A layer as (tar, packed tar)."""
    plain = tar(files)
    return plain, gzip.compress(plain, mtime=0)


def tar(files):
    """A tar file of {path: (mode, content)} that depends on nothing else."""
    inside = io.BytesIO()
    with tarfile.open(fileobj=inside, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, (mode, content) in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(content), mode
            archive.addfile(member, io.BytesIO(content))
    return inside.getvalue()


def descriptor(kind, content):
    """How the layout speaks of a blob."""
    return {"mediaType": f"{MEDIA}.{kind}", "digest": digest(content), "size": len(content)}


def digest(content):
    """A blob's name."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def as_json(value):
    """JSON with its keys in order, so that the same content has the same digest."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


if __name__ == "__main__":
    main()
