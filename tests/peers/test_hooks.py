"""Webhooks as a real forge sends them: Gitea's have GitHub's headers and signature besides its own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.peers.forge import Gitea
from tests.peers.site import Site
from tests.waiting import until


@pytest.fixture(scope="module")
def site(gitea: Gitea, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An arbiter with the project `hooked`."""
    made = Site(tmp_path_factory.mktemp("site"), gitea)
    made.at_gitea("hooked", gitea.repository("hooked"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def hook(site: Site) -> tuple[str, str]:
    """Where it goes, and its secret."""
    return site.hook("hooked")


def delivered(gitea: Gitea, hook: int, count: int = 1) -> list[dict[str, Any]]:
    until(lambda: len(gitea.deliveries(hook)) >= count, f"{count} deliveries of webhook {hook}")
    return gitea.deliveries(hook)


def test_a_test_delivery_and_a_push_are_taken_and_say_nothing_of_a_run(gitea: Gitea, hook: tuple[str, str]) -> None:
    made = gitea.webhook("root-of-gitea/hooked", *hook, "push")
    gitea.ask("POST", f"/repos/root-of-gitea/hooked/hooks/{made}/tests")
    gitea.commit("root-of-gitea/hooked", {"pushed": "by a person\n"})
    for delivery in delivered(gitea, made, 2):
        assert delivery["event"] == "push"
        assert delivery["response"]["status"] == 200, delivery
        assert "push says nothing of a run" in delivery["response"]["body"]


@pytest.mark.parametrize("content_type", ["json", "form"])
def test_a_wrong_secret_is_refused(gitea: Gitea, hook: tuple[str, str], content_type: str) -> None:
    made = gitea.webhook("root-of-gitea/hooked", hook[0], "guessed", "push", content_type=content_type)
    gitea.ask("POST", f"/repos/root-of-gitea/hooked/hooks/{made}/tests")
    (delivery,) = delivered(gitea, made)
    assert delivery["response"]["status"] == 401, delivery
    assert "signed with the secret" in delivery["response"]["body"]


def test_gitea_signs_a_form_otherwise_than_github(gitea: Gitea, hook: tuple[str, str]) -> None:
    """It signs the JSON in the form; GitHub signs the body, and that is what we check: JSON is to be chosen."""
    made = gitea.webhook("root-of-gitea/hooked", *hook, "push", content_type="form")
    gitea.ask("POST", f"/repos/root-of-gitea/hooked/hooks/{made}/tests")
    (delivery,) = delivered(gitea, made)
    assert delivery["response"]["status"] == 401, delivery
