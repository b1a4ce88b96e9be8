"""What a notification says: the facts that were stored, put into words once for all channels. Everything that others have written
(names, branches, commit messages, reasons) becomes one visible line here, and is still to be escaped for its channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from dominoci.domain import notice as rules
from dominoci.domain.addresses import link
from dominoci.domain.plain_text import one_line

Facts = Mapping[str, Any]
_WORDS: Final = {
    "failed": "failed",
    "timed_out": "timed out",
    "undeliverable": "could not be delivered",
    "success": "succeeded",
    "cancelled": "was cancelled",
}
GOOD, BAD, NEUTRAL = "good", "bad", "neutral"
# what an address may hold as it is (RFC 3986): all else, such as <, > and |, would end a link in some channel's markup
_IN_ADDRESS: Final = "%/:?#[]@!$&'()*+,;=-._~"


@dataclass(frozen=True)
class Notice:
    """A message before it is written for its channel. `lines` are (what, text), `links` (what, address); `mood` is good, bad or
    neutral. Texts are one line each, but not escaped. `id` is the same over all tries."""

    id: str
    mood: str
    headline: str
    lines: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    footer: str = ""


def notice(id_: str, facts: Facts, footer: str = "") -> Notice:
    """The words for facts as `services.notifications` stores them."""
    kind = facts["kind"]
    if kind == rules.TEST:
        said = f"Test by {one_line(facts['by'], 100)}: messages of {one_line(facts['about'], 140)} arrive here"
        return Notice(id_, NEUTRAL, said, links=_links(facts), footer=footer)
    if kind in (rules.TREE_FAILED, rules.TREE_FINISHED):
        return Notice(id_, _mood(facts["state"]), _tree_headline(facts), tuple(_tree_lines(facts)), _links(facts), footer)
    return Notice(id_, _mood(facts["state"]), _run_headline(facts), tuple(_run_lines(facts)), _links(facts), footer)


def _mood(state: str) -> str:
    return BAD if state in rules.BAD else GOOD if state == rules.GOOD else NEUTRAL


def _run_headline(facts: Facts) -> str:
    project, state, kind = _name(facts), facts["state"], facts["kind"]
    where = _where(facts)
    if kind == rules.FIRST_FAILURE:
        return f"{project} broke{where}: it {_WORDS[state]}"
    if kind == rules.RECOVERY:
        return f"{project} works again{where}"
    again = " again" if kind == rules.FAILURE and facts["runs"] > 1 else ""
    return f"{project} {_WORDS[state]}{again}{where}"


def _name(facts: Facts) -> str:
    """The project; of a job of its own the job, too."""
    job, project = one_line(facts.get("job"), 140), one_line(facts["project"], 140)
    return f"{project} (job {job})" if job and job != project else project


def _where(facts: Facts) -> str:
    if facts.get("pull"):
        return f" in pull request #{facts['pull']['number']}"
    if facts.get("branch"):
        return f" on {one_line(facts['branch'], 120)}"
    return f" at tag {one_line(facts['tag'], 120)}" if facts.get("tag") else ""


def _run_lines(facts: Facts) -> list[tuple[str, str]]:
    lines = [("Why", one_line(facts["reason"]))] if facts["state"] in rules.BAD and facts.get("reason") else []
    if commit := _commit(facts):
        lines.append(("Commit", commit))
    lines += _since(facts)
    if root := facts.get("root"):
        lines.append(("Set off by", _root(root)))
    if pull := facts.get("pull"):
        named = f"#{pull['number']} {one_line(pull.get('title'), 120)}".rstrip()
        lines.append(("Pull request", " by ".join(filter(None, [named, one_line(pull.get("author"), 100)]))))
    if facts.get("owners"):
        lines.append(("Owners", one_line(", ".join(facts["owners"]))))
    return lines


def _since(facts: Facts) -> list[tuple[str, str]]:
    """Since which commit it is (or was) broken, and which one was the last good."""
    lines, since, good, runs = [], facts.get("since"), facts.get("good"), facts["runs"]
    if since and (runs > 1 or facts["kind"] == rules.RECOVERY):
        counted = f"{'at least ' * facts['cut']}{runs} run{'s' * (runs > 1)}, from {_then(since)}"
        lines.append(("Was broken for" if facts["kind"] == rules.RECOVERY else "Broken for", counted))
    if good and facts["state"] in rules.BAD:
        lines.append(("Last good", _then(good)))
    return lines


def _then(run: Facts) -> str:
    """An earlier run: its commit, what set it off, and when it ended."""
    root = run.get("root")
    after = f", set off by {_root(root)}" if root else ""
    return f"{_commit(run) or 'an unknown commit'}{after} ({one_line(run['at'][:16].replace('T', ' '))} UTC)"


def _root(root: Facts) -> str:
    return " ".join(filter(None, [one_line(root["project"], 140), _commit(root)]))


def _commit(facts: Facts) -> str:
    commit, message = one_line(facts.get("commit"), 64)[:10], one_line(facts.get("message"), 120)
    return " ".join(filter(None, [commit, f"“{message}”" if message else ""]))


def _tree_headline(facts: Facts) -> str:
    said = {"failed": "ended, and something failed", "timed_out": "ended, and something timed out"}
    ended = {"undeliverable": "ended, and something could not be delivered", "success": "ended well", **said}
    return f"The tree of {one_line(facts['project'], 140)}{_where(facts)} {ended.get(facts['state'], 'was cancelled')}"


def _tree_lines(facts: Facts) -> list[tuple[str, str]]:
    lines = [("Broke", f"{one_line(one['project'], 140)}: {one_line(one['reason'])}") for one in facts["broken"]]
    if facts["more"]:
        lines.append(("Broke", f"{facts['more']} more"))
    if commit := _commit(facts):
        lines.append(("Commit", commit))
    counted = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(facts["counts"].items()))
    lines.append(("Events", counted))
    if facts.get("owners"):
        lines.append(("Owners", one_line(", ".join(facts["owners"]))))
    return lines


def _links(facts: Facts) -> tuple[tuple[str, str], ...]:
    named: Sequence[tuple[str, Any]] = [("Open in DominoCI", facts.get("url")), ("Open the run", facts.get("run_url"))]
    found = {what: quote(address, safe=_IN_ADDRESS) for what, told in named if (address := link(told))}
    if found.get("Open the run") == found.get("Open in DominoCI"):
        found.pop("Open the run", None)
    return tuple(found.items())
