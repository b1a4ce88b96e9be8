"""The page and its files."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dominoci.web import spa

INDEX = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><script type="module" src="/assets/i-1.js"></script>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "i-1.js").write_text("let a = 1;\n" * 500)
    (folder / "assets" / "logo.png").write_bytes(b"\x89PNG")
    (folder / "robots.txt").write_text("User-agent: *\n")
    (folder / ".secret").write_text("no")
    (tmp_path / "outside.txt").write_text("no")
    return folder


@pytest.fixture
def page(root: Path) -> FlaskClient:
    app = Flask("page", static_folder=None)
    spa.register(app, root)
    return app.test_client()


@pytest.mark.parametrize(
    "path", ["/", "/projects", "/projects/a", "/trees/1/events/1.2.1/why", "/builds/x", "/setup", "/index.html"]
)
def test_every_address_of_the_page_gets_the_page(page: FlaskClient, path: str) -> None:
    answer = page.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "__CSP_NONCE__" not in answer.text


def test_each_page_has_its_own_nonce_and_the_policy_names_it(page: FlaskClient) -> None:
    nonces = set()
    for _ in range(3):
        answer = page.get("/")
        found = re.search('content="([^"]+)"', answer.text)
        assert found
        policy = answer.headers["Content-Security-Policy"]
        assert policy.count(f"'nonce-{found[1]}'") == 2
        assert "unsafe" not in policy
        nonces.add(found[1])
    assert len(nonces) == 3


@pytest.mark.parametrize(
    "path", ["/api", "/api/v2/x", "/git/x", "/hooks/y", "/badge/z.svg", "/job/1", "/project", "/assets/gone.js"]
)
def test_an_unknown_address_of_another_door_is_not_the_page(page: FlaskClient, path: str) -> None:
    assert page.get(path).status_code == 404


def test_hashed_files_are_kept_for_ever_and_compressed(page: FlaskClient, root: Path) -> None:
    plain = page.get("/assets/i-1.js", buffered=True)
    packed = page.get("/assets/i-1.js", headers={"Accept-Encoding": "gzip"})
    assert {plain.headers["Cache-Control"], packed.headers["Cache-Control"]} == {"public, max-age=31536000, immutable"}
    assert gzip.decompress(packed.data) == plain.data == (root / "assets" / "i-1.js").read_bytes()
    assert packed.mimetype == "text/javascript"
    assert (
        page.get("/assets/i-1.js", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}).status_code
        == 304
    )


def test_pictures_are_sent_as_they_are(page: FlaskClient) -> None:
    answer = page.get("/assets/logo.png", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert (answer.data, answer.mimetype) == (b"\x89PNG", "image/png")


def test_files_beside_the_page_are_asked_for_again(page: FlaskClient) -> None:
    assert page.get("/robots.txt", buffered=True).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/../outside.txt", "/assets/../../outside.txt", "/%2e%2e/outside.txt", "/.secret"])
def test_nothing_but_the_built_files_is_served(page: FlaskClient, path: str) -> None:
    answer = page.get(path)
    assert answer.text.strip() != "no"
    assert answer.mimetype == "text/html" or answer.status_code == 404


def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    app = Flask("page", static_folder=None)
    spa.register(app, tmp_path / "nothing")
    answer = app.test_client().get("/trees/1")
    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert "make run" in answer.text
