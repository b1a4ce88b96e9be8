"""Giving files out: whole or a range (RFC 9110), with their SHA-256 as ETag and digest."""

from base64 import b64encode
from typing import BinaryIO

from flask import Response, request
from werkzeug.wsgi import FileWrapper, wrap_file

from dominoci.infra.files import CHUNK

OCTET_STREAM = "application/octet-stream"


def download(file: BinaryIO, size: int, sha256: str) -> Response:
    """The answer with this file of `size` bytes, or with the range of it that is asked for; 304 for who has it already."""
    # the server's own wrapper may hand the file to the kernel, but cannot seek
    body = FileWrapper(file, CHUNK) if "Range" in request.headers else wrap_file(request.environ, file, CHUNK)
    response = Response(body, mimetype=OCTET_STREAM, direct_passthrough=True)
    response.content_length = size
    response.set_etag(sha256)
    response.headers["Digest"] = f"sha-256={b64encode(bytes.fromhex(sha256)).decode()}"
    response.headers["Cache-Control"] = "private, no-cache"
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except BaseException:
        response.close()
        raise
    return response
