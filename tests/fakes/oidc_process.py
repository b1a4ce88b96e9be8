"""The OpenID Connect provider of npm `oidc-provider`, as a process that ends with the test."""

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx

SCRIPT: Final = Path(__file__).with_name("oidc-provider.mjs")
CLIENT: Final = ("dominoci", "a secret of the tests")


class OidcProvider:
    """A context manager; `url` is its issuer."""

    def __init__(self, *redirect_uris: str, client: tuple[str, str] = CLIENT) -> None:
        self._argv = ["node", str(SCRIPT), *client, *redirect_uris]
        self.url = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=SCRIPT.parents[2]
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url.startswith("http://"), "oidc-provider did not start: npm ci"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(10)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


def walk(url: str, home: str, *, account: str = "ada", act: str = "in") -> str:
    """What a browser of its own does with the provider's page: types an account, follows redirects; answers the address below
    `home` that it is sent back to."""
    with httpx.Client(trust_env=False) as client:
        for _ in range(10):
            answer = client.get(url)
            if answer.status_code == 200:
                answer = client.post(answer.url, data={"account": account, "act": act})
            url = str(answer.url.join(answer.headers["location"]))
            if url.startswith(home):
                return url
    raise AssertionError(f"the provider went in circles: {answer.status_code} {answer.text[:300]}")
