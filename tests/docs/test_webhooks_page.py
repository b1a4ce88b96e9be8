"""docs/webhooks.md: its snippets verify what is really signed."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dominoci.domain.signing import mint_secret, sign
from dominoci.domain.webhook import KINDS
from tests.docs.pages import BY_NAME

PAGE = BY_NAME["webhooks.md"]
BODY = b'{"type":"webhook.test"}'
ASK = """
import {{ isFromDominoci }} from "./verify.mjs";
const headers = {headers};
console.log([{bodies}].map((body) => isFromDominoci("{secret}", headers, Buffer.from(body))).join());
"""


def test_the_snippets_know_a_good_signature_from_a_bad_one(tmp_path: Path) -> None:
    secret, other = mint_secret(), mint_secret()
    headers = sign(secret, "m1", datetime.now(UTC), BODY)
    headers["webhook-signature"] += " " + sign(other, "m1", datetime.now(UTC), BODY)["webhook-signature"]
    found: dict[str, Any] = {}
    exec(PAGE.of("python")[0].text, found)  # noqa: S102 - our own page
    is_from_dominoci = found["is_from_dominoci"]
    assert [is_from_dominoci(one, headers, BODY) for one in (secret, other, mint_secret())] == [True, True, False]
    assert not is_from_dominoci(secret, headers, BODY + b" ")
    (tmp_path / "verify.mjs").write_text(PAGE.of("js")[0].text)
    bodies = f"{json.dumps(BODY.decode())}, 'changed'"
    (tmp_path / "ask.mjs").write_text(ASK.format(headers=json.dumps(headers), bodies=bodies, secret=secret))
    told = subprocess.run(["node", "ask.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "true,false"


def test_every_kind_is_on_the_page() -> None:
    text = PAGE.path.read_text("utf-8")
    assert [kind for kind in KINDS if f"| `{kind}` |" not in text] == []
