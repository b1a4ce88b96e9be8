"""Keys of issuers: kept, asked for again when one is missing, and never as often as strangers would have it."""

import threading
from collections.abc import Iterator

import pytest

from dominoci.outbound import published_keys
from dominoci.outbound.client import GuardedClient
from dominoci.outbound.errors import Refused
from dominoci.outbound.published_keys import KeysUnavailable, PublishedKeys
from tests.fakes.job_issuer import JobIssuer

HERE = ("127.0.0.1",)


class Clock:
    """Seconds that a test lets pass."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[JobIssuer]:
    with JobIssuer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(clock: Clock) -> Iterator[PublishedKeys]:
    client = GuardedClient(HERE)
    yield PublishedKeys(client, HERE, clock)
    client.close()


def test_keys_are_asked_for_once_in_an_hour(issuer: JobIssuer, keys: PublishedKeys, clock: Clock) -> None:
    assert [key["kid"] for key in keys.of(issuer.url)] == ["first"]
    clock.now += published_keys.FRESH_S - 1
    keys.of(issuer.url)
    assert issuer.asked == 1
    clock.now += 2
    keys.of(issuer.url)
    assert issuer.asked == 2


def test_an_unknown_key_is_looked_for_at_once_and_then_not_for_every_token(
    issuer: JobIssuer, keys: PublishedKeys, clock: Clock
) -> None:
    keys.of(issuer.url)
    issuer.rotate("second")
    assert [key["kid"] for key in keys.of(issuer.url, again=True)] == ["first", "second"]
    issuer.rotate("third")
    for _ in range(50):
        assert len(keys.of(issuer.url, again=True)) == 2
    assert issuer.asked == 2
    clock.now += published_keys.AGAIN_S
    assert len(keys.of(issuer.url, again=True)) == 3


def test_an_issuer_that_is_down_is_not_asked_for_every_token_and_old_keys_serve_a_day(
    issuer: JobIssuer, keys: PublishedKeys, clock: Clock
) -> None:
    issuer.down = True
    for _ in range(3):
        with pytest.raises(KeysUnavailable, match="answered 503"):
            keys.of(issuer.url)
    assert len(issuer.calls) == 1
    issuer.down, clock.now = False, clock.now + published_keys.AGAIN_S
    keys.of(issuer.url)
    issuer.down, clock.now = True, clock.now + published_keys.FRESH_S
    assert len(keys.of(issuer.url)) == 1
    clock.now += published_keys.OLDEST_S
    with pytest.raises(KeysUnavailable):
        keys.of(issuer.url)


def test_many_at_once_ask_once(issuer: JobIssuer, keys: PublishedKeys) -> None:
    threads = [threading.Thread(target=keys.of, args=(issuer.url,)) for _ in range(published_keys.MOST_WAITING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert issuer.asked == 1


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.test"},
        {"jwks_uri": None},
        {"jwks_uri": "http://10.0.0.1/keys"},
        {"jwks_uri": "https://169.254.169.254/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://localhost/keys"},
    ],
)
def test_a_discovery_that_leads_elsewhere_is_not_followed(
    issuer: JobIssuer, keys: PublishedKeys, metadata: dict[str, str | None]
) -> None:
    issuer.metadata = metadata
    with pytest.raises(KeysUnavailable):
        keys.of(issuer.url)


@pytest.mark.parametrize("url", ["http://ci.test", "https://10.1.2.3", "https://ci.test/?a=1", "ftp://127.0.0.1", "https://a@b.test"])
def test_an_issuer_is_behind_https_on_the_public_internet_unless_an_admin_opened_it(keys: PublishedKeys, url: str) -> None:
    with pytest.raises(Refused):
        keys.check(url)
    keys.check("http://127.0.0.1:8000")
