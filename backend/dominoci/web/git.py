"""The door to hosted repositories: git's smart HTTP protocol under `/git/<project id or name>.git`, for users and builds.

It checks credentials by itself, because git speaks HTTP basic: any name, and a token as password.
"""

import re
import tempfile
from collections.abc import Mapping
from typing import IO, Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from dominoci.bootstrap import Container
from dominoci.domain.errors import BadRequest, DominoError, Forbidden, TooLarge, Unauthorized
from dominoci.infra.git import MAX_PUSH, local_url
from dominoci.infra.hosting import backend
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import access, repositories
from dominoci.services.access import Principal
from dominoci.services.repositories import Repository

READ, WRITE = "git-upload-pack", "git-receive-pack"
SERVICES: Final = (READ, WRITE)
CALLERS: Final = {"git.refs": ("user", "build"), "git.exchange": ("user", "build")}
LIMIT_S = 900.0
CHUNK = 64 << 10
_PROTOCOL = re.compile(r"[a-z0-9=:.-]{1,100}")


def blueprint(container: Container) -> Blueprint:
    """The routes of the door."""
    door = Blueprint("git", __name__, url_prefix="/git")

    @door.get("/<repository>.git/info/refs")
    def refs(repository: str) -> Response:
        """What there is to fetch, or to push onto."""
        service = request.args.get("service", "")
        if service not in SERVICES:
            return refusal(Forbidden("Only git's smart protocol is spoken here."))
        return _answer(container, repository, service, "info/refs")

    @door.post("/<repository>.git/<any('git-upload-pack', 'git-receive-pack'):service>")
    def exchange(repository: str, service: str) -> Response:
        """A fetch or a push."""
        return _answer(container, repository, service, service)

    return door


def _answer(container: Container, key: str, service: str, path: str) -> Response:
    try:
        who, repository = enter(container, key, write=service == WRITE)
        repositories.ensure(container.transactions, container.hosting, repository)
        with tempfile.TemporaryFile(dir=container.hosting.root) as body:
            # taken in first: a slow client holds no git process, and nothing waits for each other
            size = _take_in(body)
            variables = {**_variables(container, who, repository, path), "CONTENT_LENGTH": str(size)}
            answer = backend.exchange(variables, body, LIMIT_S, finish=path == WRITE)
    except DominoError as e:
        return refusal(e)
    response = Response(answer.body, answer.status, answer.headers, direct_passthrough=True)
    response.call_on_close(answer.body.close)
    return response


def enter(container: Container, key: str, *, write: bool) -> tuple[Principal, Repository]:
    """Who calls, and the repository that is asked for. Raises Unauthorized, Forbidden or NotFound."""
    shown = request.authorization
    token = (shown.password or shown.token if shown else None) or ""
    if not token:
        raise Unauthorized("A token is needed as password: `dominoci token create --user admin` prints one.")

    def look(uow: UnitOfWork) -> tuple[Principal, Repository]:
        who = access.authenticate(uow, token)
        return who, repositories.enter(uow, who, key, write=write)

    found = container.read(look)
    if write and request.method == "POST":
        container.write(access.note_use, token)
    return found


def _take_in(body: IO[bytes]) -> int:
    """The request's body goes into the file; answers its size in bytes."""
    request.max_content_length = MAX_PUSH
    size = 0
    try:
        while chunk := request.stream.read(CHUNK):
            size += len(chunk)
            body.write(chunk)
    except RequestEntityTooLarge as e:
        raise TooLarge(f"A push may have {MAX_PUSH >> 20} MiB.") from e
    except (ClientDisconnected, OSError) as e:
        raise BadRequest("The body did not arrive.") from e
    body.seek(0)
    return size


def _variables(container: Container, who: Principal, repository: Repository, path: str) -> dict[str, str]:
    """The CGI variables of git-http-backend(1); of the client's headers only what the protocol needs."""
    protocol = request.headers.get("Git-Protocol", "")
    return {
        **container.hosting.environment(repository.name, local_url(container.settings)),
        "GIT_PROJECT_ROOT": str(container.hosting.root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": protocol if _PROTOCOL.fullmatch(protocol) else "",
        "REQUEST_METHOD": request.method,
        "PATH_INFO": f"/{repository.project_id}.git/{path}",
        "QUERY_STRING": f"service={request.args['service']}" if path == "info/refs" else "",
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "REMOTE_USER": who.name or who.id,
        "REMOTE_ADDR": request.remote_addr or "",
    }


def refusal(error: DominoError) -> Response:
    """Git shows plain text to its user; after a 401 it asks its credential helper."""
    headers: Mapping[str, str] = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache"}
    if error.status == 401:
        headers = {**headers, "WWW-Authenticate": 'Basic realm="DominoCI", charset="UTF-8"'}
    return Response(f"DominoCI: {error.detail}\n", error.status, headers)
