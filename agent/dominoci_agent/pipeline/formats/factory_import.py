"""Where an imported pipeline comes from: `source = "https://host/repository.git//pipelines/docker?ref=v1.0.0"`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from dominoci_agent.pipeline import values
from dominoci_agent.pipeline.errors import DefinitionError, Problem, Where

MAX_DEPTH = 4
SCHEMES = ("http", "https", "ssh")
_FORM = "https://HOST/REPOSITORY//FOLDER?ref=TAG"
_REPOSITORY = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#]+/[^?#]*?)//([^?#]*)(?:\?([^#]*))?")


@dataclass(frozen=True)
class Import:
    """A folder of `.hcl` files in another repository at a ref (branch, tag or full commit id)."""

    repository: str
    folder: str
    ref: str
    where: Where

    def __str__(self) -> str:
        return f"{self.repository}//{self.folder}?ref={self.ref}"

    def file(self, name: str) -> str:
        """How a file of the folder is called in messages."""
        return f"{self.repository}//{self.folder}/{name}?ref={self.ref}"


# the folder's .hcl files, as `Import.file` calls them; DefinitionError when they cannot be had
Fetch = Callable[[Import], Mapping[str, str]]


def read_source(text: str, where: Where) -> Import:
    """DefinitionError for an address that no agent fetches from, or one without folder or ref."""
    try:
        return _read(text, where)
    except ValueError as error:
        raise DefinitionError(Problem(where, f'{error}; expected source = "{_FORM}"')) from None


def _read(text: str, where: Where) -> Import:
    scheme = text.partition("://")[0]
    if "://" not in text or scheme not in SCHEMES:
        raise ValueError(f"a pipeline is imported over {', '.join(SCHEMES)} only")
    found = _REPOSITORY.fullmatch(text)
    if not found or not text.isprintable() or " " in text or len(text) > 1000:
        raise ValueError("the source does not name a repository and, after //, a folder in it")
    repository, folder, query = found[1], found[2].strip("/"), found[3] or ""
    _check_repository(repository)
    wrong = values.path(folder)
    if wrong:
        raise ValueError(wrong)
    pairs = parse_qsl(query, keep_blank_values=True)
    if len(pairs) != 1 or pairs[0][0] != "ref" or not pairs[0][1]:
        raise ValueError("the source must say which version it means, by ?ref= and nothing else")
    return Import(repository, folder, pairs[0][1], where)


def _check_repository(url: str) -> None:
    parts = urlsplit(url)
    if not parts.hostname or parts.hostname.startswith("-") or parts.path.lstrip("/").startswith("-"):
        raise ValueError("the address of the source is not usable")
    # a definition is no place for a secret: the project's own credentials are used where they are meant for that host
    if parts.password or (parts.username and parts.scheme != "ssh"):
        raise ValueError("the address of a source must not hold credentials")
