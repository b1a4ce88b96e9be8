"""Large files of hosted repositories: the batch API of git-lfs with its basic transfer, behind the git door.

https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md. Credentials and rights are those of `web.git`.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import ClientDisconnected

from dominoci.api.parsing import parse_json
from dominoci.bootstrap import Container
from dominoci.domain.errors import BadRequest, DominoError, Invalid, NotFound, TooLarge
from dominoci.infra.hosting.objects import LargeObjects, is_oid
from dominoci.services import repositories
from dominoci.web import git

CALLERS: Final = dict.fromkeys(("lfs.batch", "lfs.download", "lfs.upload", "lfs.verify"), ("user", "build"))
MEDIA: Final = "application/vnd.git-lfs+json"
MOST_OBJECTS: Final = 1000
LONGEST_BATCH: Final = 1 << 20
CHUNK: Final = 64 << 10
Json = dict[str, Any]


def blueprint(container: Container) -> Blueprint:
    """The routes of the batch API."""
    door = Blueprint("lfs", __name__, url_prefix="/git/<repository>.git/info/lfs")
    door.register_error_handler(DominoError, _refusal)

    @door.post("/objects/batch")
    def batch(repository: str) -> Response:
        """Where each object is to be sent or fetched."""
        return _batch(container, repository)

    @door.get("/objects/<oid>")
    def download(repository: str, oid: str) -> Response:
        """An object's bytes."""
        return _download(_objects(container, repository, write=False), oid)

    @door.put("/objects/<oid>")
    def upload(repository: str, oid: str) -> Response:
        """Stores an object, whose SHA-256 must be its name."""
        return _upload(_objects(container, repository, write=True), oid, container.settings.max_artifact)

    @door.post("/verify")
    def verify(repository: str) -> Response:
        """Whether an object has arrived whole."""
        objects, told = _objects(container, repository, write=True), _object(parse_json(_body()))
        if objects.size(told["oid"]) != told["size"]:
            raise NotFound("There is no such object of this size.")
        return _json({})

    return door


def _batch(container: Container, key: str) -> Response:
    asked = _asked()
    upload = asked["operation"] == "upload"
    objects = _objects(container, key, write=upload)
    answers = [_answer(container, key, objects, one, upload=upload) for one in asked["objects"]]
    return _json({"transfer": "basic", "objects": answers, "hash_algo": "sha256"})


def _download(objects: LargeObjects, oid: str) -> Response:
    if not is_oid(oid) or objects.size(oid) is None:
        raise NotFound("There is no such object.")
    return send_file(objects.path(oid), "application/octet-stream", etag=oid, max_age=0)


def _upload(objects: LargeObjects, oid: str, limit: int) -> Response:
    if not is_oid(oid):
        raise Invalid("This cannot be an object's id.", {"oid": ["must be a SHA-256 in hex"]})
    request.max_content_length = None  # the limit is kept while receiving
    if (request.content_length or 0) > limit:
        raise TooLarge(f"A file may have {limit >> 20} MiB.")
    objects.receive(oid, _chunks(), limit)
    return Response(status=200)


def _objects(container: Container, key: str, *, write: bool) -> LargeObjects:
    _, repository = git.enter(container, key, write=write)
    repositories.ensure(container.transactions, container.hosting, repository)
    return LargeObjects(container.hosting.folder(repository.project_id))


def _body() -> bytes:
    request.max_content_length = LONGEST_BATCH
    return request.get_data(cache=False)


def _asked() -> Json:
    told = parse_json(_body())
    good = isinstance(told, dict) and told.get("operation") in ("upload", "download") and isinstance(told.get("objects"), list)
    if not good or told.get("hash_algo", "sha256") != "sha256":
        raise Invalid("This is no request for a batch.", {"operation": ["must be upload or download, of SHA-256 objects"]})
    if "basic" not in (told.get("transfers") or ["basic"]):
        raise Invalid("Only the basic transfer is spoken here.", {"transfers": ["must hold basic"]})
    if len(told["objects"]) > MOST_OBJECTS:
        raise TooLarge(f"A batch may have {MOST_OBJECTS} objects.")
    return {"operation": told["operation"], "objects": [_object(one) for one in told["objects"]]}


def _object(told: object) -> Json:
    oid, size = (told.get("oid"), told.get("size")) if isinstance(told, dict) else (None, None)
    if not (isinstance(oid, str) and is_oid(oid) and type(size) is int and 0 <= size < 1 << 53):
        raise Invalid("This is no object.", {"objects": ["each has oid, a SHA-256 in hex, and size, a number of bytes"]})
    return {"oid": oid, "size": size}


def _answer(container: Container, key: str, objects: LargeObjects, one: Json, *, upload: bool) -> Json:
    known = objects.size(one["oid"])
    if upload and one["size"] > container.settings.max_artifact:
        return {**one, "error": {"code": 422, "message": f"A file may have {container.settings.max_artifact >> 20} MiB."}}
    if not upload and known is None:
        return {**one, "error": {"code": 404, "message": "There is no such object."}}
    if upload and known == one["size"]:
        return {**one, "authenticated": True}
    base = f"{container.settings.public_url}/git/{key}.git/info/lfs"
    # the caller's own credential, back to the caller: git-lfs asks for none of its own then
    way = {"header": {"Authorization": request.headers.get("Authorization", "")}}
    actions = {"upload" if upload else "download": {"href": f"{base}/objects/{one['oid']}", **way}}
    if upload:
        actions["verify"] = {"href": f"{base}/verify", **way}
    return {**one, "authenticated": True, "actions": actions}


def _chunks() -> Iterator[bytes]:
    try:
        while chunk := request.stream.read(CHUNK):
            yield chunk
    except (ClientDisconnected, OSError) as e:
        raise BadRequest("The body did not arrive.") from e


def _json(body: Json, status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type=MEDIA)


def _refusal(error: DominoError) -> Response:
    response = _json({"message": f"DominoCI: {error.detail}"}, error.status)
    if error.status == 401:
        response.headers["LFS-Authenticate"] = response.headers["WWW-Authenticate"] = 'Basic realm="DominoCI", charset="UTF-8"'
    return response
