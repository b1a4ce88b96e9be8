"""Why an event, tree or build stands where it stands: stable codes with parameters, and the one sentence each makes.

The table `CODES` is what docs/states-and-reasons.md is generated from.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """A stored reason. `params` are JSON."""

    code: str
    params: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The reason as a sentence without a full stop."""
        return sentence(self.code, self.params)

    def view(self) -> dict[str, Any]:
        """As the API shows it."""
        return {"code": self.code, "params": dict(self.params), "text": self.text}


MOST_NAMED = 6  # events that one sentence names
_STATE_WORDS = {
    "failed": "failed",
    "timed_out": "timed out",
    "cancelled": "was cancelled",
    "undeliverable": "could not be delivered",
    "skipped": "was skipped",
}


def _names(parents: Sequence[Mapping[str, Any]]) -> str:
    return _listed([f"{p['project']} ({p['sub_id']})" for p in parents])


def _listed(names: Sequence[str], count: int | None = None) -> str:
    """`a, b and c`; of `count` things (default: as many as there are names) the first few are named."""
    more = (count or len(names)) - MOST_NAMED
    shown = [*names[:MOST_NAMED], f"{more} more"] if more > 0 else list(names)
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _waiting(p: Mapping[str, Any]) -> str:
    count = p["parents"]
    named = [f"{one['project']} ({one['sub_id']}, {one['state']})" for one in p.get("names", ())]
    return "waits for " + (_listed(named, count) if named else f"{count} parent{'s' if count != 1 else ''} to settle")


def _parents_passed(p: Mapping[str, Any]) -> str:
    by_filter = f", {p['filtered']} by filter" if p["filtered"] else ""
    return f"{_names(p['parents'])} passed; join {p['join']}: {p['settled']} of {p['settled']} settled{by_filter}"


def _upstream_failed(p: Mapping[str, Any]) -> str:
    parts = []
    for parent in p["parents"]:
        root = parent.get("root") or parent
        because = f" because {root['project']} ({root['sub_id']}) {_STATE_WORDS[root['state']]}"
        part = f"upstream {parent['project']} {_STATE_WORDS[parent['state']]}"
        parts.append(part + (because if root["sub_id"] != parent["sub_id"] else ""))
    more = len(parts) - MOST_NAMED
    return " and ".join([*parts[:MOST_NAMED], f"{more} more"] if more > 0 else parts)


def rule_sentence(rule: Mapping[str, Any]) -> str:
    """One filter rule in words: "branch main is not in release/*"."""
    if rule.get("rule") == "filtered":
        return f"{rule['parent']} was itself filtered"
    patterns = ", ".join(rule["patterns"])
    value = rule["value"] if rule["value"] is not None else "(none)"
    verb = "is not in" if rule["rule"] == "include" else "is excluded by"
    return f"{rule['field']} {value} {verb} {patterns}"


def _delivery_failed(p: Mapping[str, Any]) -> str:
    tries = f"{p['tries']} tries" if p["tries"] != 1 else "one try"
    return f"could not be delivered: {p['error'].rstrip('.')} (after {tries})"


def edge_sentence(rule: Mapping[str, Any]) -> str:
    """What the filter of one edge said to a report of the project `rule["parent"]`."""
    return "filter: " + rule_sentence(rule)


def _filtered(p: Mapping[str, Any]) -> str:
    return "filter: " + "; ".join(f"{rule_sentence(r)} (from {r['parent']})" for r in p["rules"])


def _no_agent_takes(p: Mapping[str, Any]) -> str:
    counted = [f"{p[word]} {word}" for word in ("silent", "draining") if p[word]]
    return f"none of {p['agents']} agent{_s(p['agents'])} takes builds: {_listed(counted)}"


def _no_agent_matches(p: Mapping[str, Any]) -> str:
    return f"no agent with label{_s(len(p['needs']))} {_listed(p['needs'])} (0 of {p['agents']} match)"


def _all_busy(p: Mapping[str, Any]) -> str:
    before = p["before"]
    ahead = f"{before} build{_s(before)} before it" if before else "it is the next"
    return f"{p['busy']} of {p['slots']} slot{_s(p['slots'])} of {p['agents']} agent{_s(p['agents'])} are taken; {ahead}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _plain(text: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda p: text.format_map(_Missing(p))


class _Missing(dict[str, Any]):
    """Parameters for a sentence: one that an older row does not have reads as a question mark instead of failing."""

    def __missing__(self, key: str) -> str:
        return "?"


@dataclass(frozen=True)
class Code:
    """One kind of reason: what it means (for the docs) and how to say it."""

    meaning: str
    say: Callable[[Mapping[str, Any]], str]


CODES: Mapping[str, Code] = {
    "opened": Code(
        "The root event: its project reported a success without an event token.",
        _plain("reported SUCCESS and opened this tree"),
    ),
    "waiting": Code("The event waits until every parent has settled.", _waiting),
    "parents_passed": Code("Every parent has settled, at least one passed and none blocks.", _parents_passed),
    "upstream_failed": Code("A parent failed, timed out, was cancelled, skipped or undeliverable.", _upstream_failed),
    "filtered": Code("No parent's report passes the dependency's filters.", _filtered),
    "claimed": Code("An own agent took the build.", _plain("agent {agent} took build #{number}")),
    "delivered": Code(
        "The CI system accepted the trigger; that is no proof of a start.", _plain("delivered: {reading}")
    ),
    "started": Code("The pipeline showed a sign of life.", _plain("the pipeline reported that it started")),
    "observed": Code(
        "Its CI system told of the run, asked for it or by its own webhook; the pipeline itself said nothing before.",
        _plain("its CI system said {how}: {status}"),
    ),
    "reported": Code("The project reported its result.", _plain("reported {status}")),
    "reported_skipped": Code(
        "The project reported that there was nothing to do.", _plain("reported SKIPPED: {because}")
    ),
    "late": Code("A result came after the event had been given up; it still counts.", _plain("reported {status}, late")),
    "reopened": Code("A parent that had been given up succeeded after all.", _plain("{project} succeeded late: waits again")),
    "delivery_failed": Code("Delivery was given up.", _delivery_failed),
    "never_started": Code("No sign of a start before the start deadline.", _plain("never started: {because}")),
    "timed_out": Code("No result before the finish deadline.", _plain("no result within {seconds} s of the last sign of life")),
    "lease_lost": Code(
        "The agent fell silent; the build was put back.", _plain("agent {agent} fell silent; build #{number} was put back")
    ),
    "released": Code("The agent handed the build back.", _plain("agent {agent} handed build #{number} back: {because}")),
    "agent_revoked": Code(
        "The agent was removed while it ran the build.", _plain("agent {agent} was revoked; build #{number} was put back")
    ),
    "no_agent": Code("A build waits, and no agent is registered.", _plain("no agent is registered")),
    "no_agent_matches": Code("A build waits, and no agent has the labels and executors that it needs.", _no_agent_matches),
    "no_agent_takes": Code("A build waits, and no agent takes builds.", _no_agent_takes),
    "all_busy": Code("A build waits until a slot of an agent is free.", _all_busy),
    "needs_approval": Code(
        "A build of a fork's pull request waits until a maintainer approves its commit.",
        _plain("waits until a maintainer approves commit {commit} of a fork"),
    ),
    "newer_push": Code(
        "A build that nobody had approved gave way to a newer push to its pull request.",
        _plain("commit {commit} was pushed before anybody approved this one"),
    ),
    "ref_closed": Code("The branch or pull request that the build was for is closed.", _plain("{what} was closed")),
    "next_up": Code("A build waits, and an agent is free to take it.", _plain("an agent is about to take it")),
    "build_failed": Code("A step of the build failed.", _plain("{because}")),
    "job_ended": Code("A job of the run did not succeed.", _plain("job {job}: {because}")),
    "run_timed_out": Code("The run took longer than a build may.", _plain("the run took more than {seconds} s")),
    "infrastructure": Code("The build could not be run at all.", _plain("the build could not run: {because}")),
    "cancelled_by": Code("Somebody cancelled it.", _plain("cancelled by {who}")),
    "superseded": Code(
        "A newer tree of the same project and branch took its place.",
        _plain("superseded by the newer tree {tree} of the same project and branch"),
    ),
    "inputs_change": Code(
        "It ran on inputs that are being built anew; it will run again.",
        _plain("stopped by {who}: {project} ({sub_id}) runs again, and this after it"),
    ),
    "cancel_told": Code("The CI system was told to stop the run.", _plain("its CI system was told to stop: {reading}")),
    "cancel_failed": Code("The CI system could not be told to stop the run.", _plain("its run could not be stopped: {reading}")),
    "status_failed": Code(
        "The tree's state could not be shown on the root's commit.",
        _plain("its state could not be shown on the commit: {reading}"),
    ),
    "rerun": Code("Somebody asked for another attempt with the same inputs.", _plain("attempt {attempt} was asked for by {who}")),
    "rerun_before": Code(
        "Something before it runs again, so that it waits again.", _plain("waits again: {who} had {project} ({sub_id}) run again")
    ),
    "redelivered": Code("Somebody asked for another delivery of the same attempt.", _plain("delivered again for {who}")),
    "held": Code(
        "The tree waits for an older one of the same project and branch.",
        _plain("waits until the older tree {tree} of the same project and branch has ended (rule {rule})"),
    ),
    "let_go": Code("The older tree that it waited for has ended.", _plain("goes on: the older tree of its branch has ended")),
    "chain_too_deep": Code(
        "Trees caused by each other made too long a chain.",
        _plain("the chain of trees, each caused by the one before, would be {depth} long; the limit is {limit}"),
    ),
    "project_deleted": Code("The project was deleted while the tree ran.", _plain("project {project} was deleted")),
    "job_deleted": Code("The job was deleted while its build waited or ran.", _plain("job {job} was deleted")),
    "tree_too_large": Code(
        "The tree would have had too many events.", _plain("the tree would have {events} events; the limit is {limit}")
    ),
    "tree_too_deep": Code(
        "The tree would have had too many levels.", _plain("the tree would be more than {limit} levels deep")
    ),
    "loop_bound": Code(
        "A root report was bound to the event that ran the same pipeline or runs the same commit.",
        _plain("{project} reported an event of its own for this run: counted as the result of {sub_id}"),
    ),
    "project_newer": Code("A project made after the tree was opened.", _plain("{project} was made after this tree was opened")),
    "project_off": Code("A project that is switched off is left out of new trees.", _plain("{project} is switched off")),
    "upstream_not_in_tree": Code(
        "An upstream project is not in the tree either.", _plain("its upstream {upstream} is not in this tree either")
    ),
    "dependency_off": Code("The dependency is switched off.", _plain("its dependency on {upstream} is switched off")),
    "dependency_newer": Code(
        "The dependency was added or switched on after the tree was opened.",
        _plain("its dependency on {upstream} was added, or switched on, after this tree was opened"),
    ),
    "no_dependency": Code("Nothing that the project depends on.", _plain("{project} depends on nothing")),
    "project_disabled": Code("A project that is switched off opens no tree.", _plain("{project} is switched off")),
    "opened_nothing": Code("The same report came before, and opened no tree.", _plain("the same report opened no tree before")),
    "not_success": Code("A root that does not report SUCCESS opens no tree.", _plain("{status} opens no tree")),
}

CUT = frozenset({"tree_too_large", "tree_too_deep", "chain_too_deep"})  # of trees that end, failed, at their root
PASSES_NOTHING_ON = frozenset({"filtered", "reported_skipped"})


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """The sentence for a stored reason; a code that this version does not know is shown as it is.

    A page must never fail on an old row: where parameters are missing, what the code means is said instead.
    """
    known = CODES.get(code)
    if known is None:
        return code.replace("_", " ")
    try:
        return known.say(params)
    except (KeyError, IndexError, TypeError, AttributeError):
        return known.meaning.rstrip(".")


def parents_passed(parents: list[dict[str, str]], join: str, settled: int, by_filter: int) -> Reason:
    """Why an event was triggered."""
    return Reason("parents_passed", {"parents": parents, "join": join, "settled": settled, "filtered": by_filter})


def upstream_failed(parents: list[dict[str, Any]]) -> Reason:
    """Why an event was skipped after failed parents."""
    return Reason("upstream_failed", {"parents": parents})


def filtered(rules: list[dict[str, Any]]) -> Reason:
    """Why an event was skipped by filters."""
    return Reason("filtered", {"rules": rules})
