"""The page in a real browser, against the real DominoCI: the tests are TypeScript (`*.spec.ts`), run by Playwright."""

import pytest

from tests.e2e import browser


@pytest.mark.timeout(900)
def test_people_can_do_all_of_it_in_a_browser(capfd: pytest.CaptureFixture[str]) -> None:
    with capfd.disabled():  # what Playwright says is shown as it comes
        code = browser.run("playwright.config.ts")
    assert code == 0
