"""What every answer carries: request id, security headers, compression, one line in the log, figures."""

import gzip
import json

import pytest
import structlog

from tests.unit.api.site import TestSite

HARDENED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/me", "/api/v1/nothing"])
def test_every_answer_is_hardened(site: TestSite, path: str) -> None:
    headers = site.anyone.get(path).headers
    assert {name: headers[name] for name in HARDENED} == HARDENED
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("sent", ["abc-1.2_3", "x" * 64])
def test_a_request_id_comes_back(site: TestSite, sent: str) -> None:
    assert site.anyone.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "<script>"])
def test_a_request_id_that_is_none_is_made(site: TestSite, sent: str) -> None:
    made = site.anyone.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"]
    assert made != sent
    assert len(made) == 36


def test_json_of_a_kilobyte_is_compressed_for_who_can_take_it(site: TestSite) -> None:
    plain = site.anyone.get("/api/v1/openapi.json")
    packed = site.anyone.get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.get_json()
    assert len(packed.data) < len(plain.data) / 5
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_small_answers_are_not_compressed(site: TestSite) -> None:
    assert "Content-Encoding" not in site.anyone.get("/healthz", headers={"Accept-Encoding": "gzip"}).headers


def test_the_access_log_has_the_path_and_neither_query_nor_secrets(site: TestSite) -> None:
    token = site.user_token()
    with structlog.testing.capture_logs() as lines:
        site.get("/projects?q=confidential")
        site.browser().client.get(f"/api/v1/me?token={token}")
    requests = [line for line in lines if line["event"] == "request"]
    assert requests[0] == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": "/api/v1/projects",
        "status": 200,
        "ms": requests[0]["ms"],
        "caller": "user",
    }
    assert "confidential" not in str(lines)
    assert token not in str(lines)


def test_alive_ready_and_measured(site: TestSite) -> None:
    assert site.anyone.get("/healthz").get_json() == {"status": "ok"}
    assert site.anyone.get("/readyz").get_json() == {"database": True, "redis": True, "disk": True, "storage": True}
    site.tree("core", "net")
    figures = site.anyone.get("/metrics")
    assert figures.content_type.startswith("text/plain")
    assert 'dominoci_outbox{state="pending"} 1' in figures.text
    assert 'dominoci_http_seconds_count{route="health.healthz",status="200"}' in figures.text
