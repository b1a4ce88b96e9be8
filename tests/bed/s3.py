"""A server that speaks S3's protocol (moto): a process of its own, with a bucket, that can be stopped and started again."""

import socket
import sys
import tempfile
from pathlib import Path

from dominoci.config import StorageSettings
from tests.bed.process import Server, free_port

KEY_ID, SECRET = "AKIATESTTESTTEST", "secret-of-the-store/do+not=show"


class S3:
    """Start it, stop it (what it held is gone), start it again on the same port."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="dominoci-s3-")
        argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._server = Server(argv, Path(self._folder.name) / "log")

    def start(self) -> None:
        """Starts it and makes the bucket `files`."""
        import s3fs  # type: ignore[import-untyped]  # a second to import

        self._server.start(self._answers)
        made = s3fs.S3FileSystem(
            key=KEY_ID,
            secret=SECRET,
            endpoint_url=self.url,
            client_kwargs={"region_name": "eu-central-1"},
            skip_instance_cache=True,
        )
        made.mkdir("files")

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, prefix: str) -> StorageSettings:
        """A store in the bucket below `prefix`."""
        return StorageSettings(f"s3://files/{prefix}", self.url, "eu-central-1", KEY_ID, SECRET)

    def stop(self) -> None:
        """It does not answer any more."""
        self._server.kill()

    def remove(self) -> None:
        """Ends it for good."""
        self._server.kill()
        self._folder.cleanup()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
