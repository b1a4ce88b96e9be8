"""The guarded client against a real server that misbehaves: every request ends, in time, with the truth about what left."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import structlog

from dominoci.outbound.client import GuardedClient, all_within
from dominoci.outbound.errors import Ambiguous, OutboundError, Refused, Unreachable
from tests.fakes.certificate import self_signed
from tests.fakes.webhook_sink import Behaviour, Sink, answer, drip, hang, pour, raw, reset

OPEN = ("127.0.0.1",)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


@pytest.fixture
def client() -> Iterator[GuardedClient]:
    guarded = GuardedClient(OPEN)
    yield guarded
    guarded.close()


def always(*addresses: str) -> Any:
    """A resolver that gives every name these addresses."""
    return lambda _host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]


def test_a_request_arrives_as_given_and_the_answer_comes_back(client: GuardedClient, sink: Sink) -> None:
    sink.otherwise = answer(201, b'{"url":"x"}', x_note="Hi")
    got = client.request("POST", f"{sink.url}/a%20b?q=ü", headers={"X-One": "1"}, content=b"body")
    assert (got.status, got.body, got.headers["x-note"], got.truncated) == (201, b'{"url":"x"}', "Hi", False)
    request = sink.received[0]
    assert (request.method, request.path, request.body) == ("POST", "/a%20b?q=%C3%BC", b"body")
    assert request.headers["x-one"] == "1"
    assert request.headers["host"] == f"127.0.0.1:{sink.port}"


def test_the_host_header_cannot_be_forged(client: GuardedClient, sink: Sink) -> None:
    client.request("GET", sink.url, headers={"Host": "metadata.internal"})
    assert sink.received[0].headers["host"] == f"127.0.0.1:{sink.port}"


def test_a_connection_is_used_again(client: GuardedClient, sink: Sink) -> None:
    for _ in range(5):
        client.request("POST", sink.url, content=b"{}")
    assert sink.connections == 1


def test_many_threads_share_one_client(client: GuardedClient, sink: Sink) -> None:
    with ThreadPoolExecutor(16) as pool:
        bodies = [str(number).encode() for number in range(100)]
        answers = list(pool.map(lambda body: client.request("POST", sink.url, content=body), bodies))
    assert {one.status for one in answers} == {200}
    assert sorted(request.body for request in sink.received) == sorted(bodies)


def test_requests_that_belong_together_are_over_together(client: GuardedClient, sink: Sink) -> None:
    with all_within(0.0), pytest.raises(Unreachable):
        client.request("POST", sink.url)
    assert sink.received == []
    assert client.request("POST", sink.url).status == 200


def test_a_redirect_is_an_answer_and_not_followed(client: GuardedClient, sink: Sink) -> None:
    sink.otherwise = answer(302, b"", location="/elsewhere")
    assert client.request("GET", sink.url).status == 302
    assert len(sink.received) == 1


def test_of_ten_megabytes_only_64_kilobytes_are_read(client: GuardedClient, sink: Sink) -> None:
    sink.otherwise = pour(10)
    got = client.request("GET", sink.url)
    assert (got.status, len(got.body), got.truncated) == (200, 64 * 1024, True)


def test_a_slow_body_ends_with_the_deadline_and_keeps_the_status(client: GuardedClient, sink: Sink) -> None:
    sink.otherwise = drip(b"HTTP/1.1 202 Accepted\r\ncontent-length: 100000\r\n\r\n")
    got = client.request("GET", sink.url, timeout_s=0.5)
    assert (got.status, got.truncated) == (202, True)
    assert got.duration_ms < 5000


@pytest.mark.parametrize(
    "behaviour",
    [hang, reset, raw(b""), raw(b"SSH-2.0-OpenSSH\r\n"), drip(b"HTTP/1.1 200 OK\r\nx-slow: "), drip(b"")],
    ids=["hang", "reset", "close", "not http", "dripping header", "dripping status"],
)
def test_no_status_after_sending_is_ambiguous(client: GuardedClient, sink: Sink, behaviour: Behaviour) -> None:
    sink.otherwise = behaviour
    with pytest.raises(Ambiguous, match="was sent the request"):
        client.request("POST", sink.url, content=b"{}", timeout_s=0.5)
    assert len(sink.received) == 1


def test_a_body_cut_off_after_the_status_is_an_answer(client: GuardedClient, sink: Sink) -> None:
    sink.otherwise = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
    got = client.request("GET", sink.url)
    assert (got.status, got.body, got.truncated) == (200, b"half", True)


def test_a_peer_that_does_not_read_cannot_hold_us(client: GuardedClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(Ambiguous):
        client.request("POST", f"http://127.0.0.1:{deaf.getsockname()[1]}", content=bytes(16 << 20), timeout_s=0.5)


def test_a_closed_port_is_unreachable_so_nothing_left(client: GuardedClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(Unreachable):
        client.request("GET", f"http://127.0.0.1:{port}")


def test_an_unknown_name_is_unreachable() -> None:
    def unknown(*_: object, **__: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown name")

    with pytest.raises(Unreachable, match=r"ci\.example could not be looked up"):
        GuardedClient(resolver=unknown).request("GET", "http://ci.example/")


def test_a_resolver_that_hangs_does_not_hold_us() -> None:
    released = threading.Event()

    def slow(*_: object, **__: object) -> list[tuple[Any, ...]]:
        released.wait()
        return []

    with pytest.raises(Unreachable, match="in time"):
        GuardedClient(resolver=slow).request("GET", "http://ci.example/", timeout_s=0.2)
    released.set()


def test_a_resolver_that_changes_its_answer_gets_one_question_and_no_connection_inside(sink: Sink) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    client = GuardedClient(resolver=lambda host, port, **_: always(next(answers))(host, port))
    client.check_url(f"http://ci.example:{sink.port}/")
    with pytest.raises(Refused, match="loopback"):
        client.request("GET", f"http://ci.example:{sink.port}/")
    assert next(answers) == "127.0.0.1"  # two questions, one a call: what was checked is what would be connected to
    assert sink.connections == 0


def test_one_bad_answer_among_good_ones_sends_nothing(sink: Sink) -> None:
    client = GuardedClient(resolver=always("93.184.216.34", "127.0.0.1"))
    with pytest.raises(Refused):
        client.request("GET", f"http://ci.example:{sink.port}/", timeout_s=1)
    assert sink.connections == 0


def test_the_connection_goes_to_the_checked_address_under_the_given_name(sink: Sink) -> None:
    client = GuardedClient((f"ci.example:{sink.port}",), resolver=always("127.0.0.1"))
    assert client.request("GET", f"http://ci.example:{sink.port}/").status == 200
    assert sink.received[0].headers["host"] == f"ci.example:{sink.port}"
    client.close()


def test_the_next_address_is_tried_when_the_first_does_not_answer(sink: Sink) -> None:
    client = GuardedClient(("ci.example",), resolver=always("127.0.0.99", "127.0.0.1"))
    assert client.request("GET", f"http://ci.example:{sink.port}/").status == 200
    client.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://2130706433/", "http://localhost/", "ftp://ci.example/"])
def test_what_is_refused_on_save_is_refused_on_send(url: str) -> None:
    # whatever a resolver says: these are refused by their name alone
    with pytest.raises(Refused):
        GuardedClient(resolver=always("93.184.216.34")).request("GET", url, timeout_s=1)


@pytest.mark.parametrize("headers", [{"x": "a\r\ny: b"}, {"x y": "1"}, {"x": "ü"}, {"x": "\x00"}])
def test_a_header_that_is_no_header_is_refused(client: GuardedClient, sink: Sink, headers: dict[str, str]) -> None:
    with pytest.raises(Refused):
        client.request("GET", sink.url, headers=headers)
    assert sink.received == []


def test_tls_checks_the_certificate_against_the_name_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(tmp_path, "ci.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[str] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name or "")
    with Sink(tls=context) as sink:
        client = GuardedClient(("ci.example", "other.example"), resolver=always("127.0.0.1"))
        assert client.request("GET", f"https://ci.example:{sink.port}/").status == 200
        with pytest.raises(Unreachable):
            client.request("GET", f"https://other.example:{sink.port}/")
        client.close()
    assert asked == ["ci.example", "other.example"]
    assert len(sink.received) == 1


def test_a_tls_handshake_that_never_ends_is_unreachable(client: GuardedClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        with pytest.raises(Unreachable):
            client.request("GET", f"https://127.0.0.1:{silent.getsockname()[1]}/", timeout_s=0.3)
        assert time.monotonic() - started < 5


def test_proxies_of_the_environment_are_not_used(
    client: GuardedClient, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        client.request("GET", sink.url)
        assert proxy.connections == 0


def test_the_log_line_names_the_origin_and_no_secret(client: GuardedClient, sink: Sink) -> None:
    with structlog.testing.capture_logs() as lines:
        client.request("POST", f"{sink.url}/T0/secret-path?token=secret", headers={"authorization": "secret"}, content=b"secret")
    assert len(lines) == 1
    assert dict(lines[0]) | {"duration_ms": 0} == {
        "event": "outbound.request",
        "log_level": "info",
        "method": "POST",
        "origin": sink.url,
        "duration_ms": 0,
        "outcome": "answered",
        "status": 200,
        "truncated": False,
    }


def test_errors_tell_no_path_and_no_query(client: GuardedClient, sink: Sink) -> None:
    sink.otherwise = reset
    with pytest.raises(OutboundError) as caught:
        client.request("POST", f"{sink.url}/secret-path?token=secret")
    assert "secret" not in str(caught.value)
