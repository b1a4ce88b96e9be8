"""Graph files: the plan, and the way back into text."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dominoci.domain.graph_file import fields
from dominoci.domain.graph_file.model import Present, PresentProject
from dominoci.domain.graph_file.plan import Plan, lines, plan
from dominoci.domain.graph_file.write import write
from dominoci.domain.refs import is_ref_name
from tests.unit.domain.graph_files import good, read, there

# ---- the plan


def planned(text: str, present: Present, *, prune: bool = False, new_secrets: frozenset[tuple[str, str]] = frozenset()) -> Plan:
    return plan(good(text, present=present), present, prune, new_secrets)


def names(part: tuple[Any, ...]) -> list[str]:
    return [change.name for change in part]


def test_a_plan_tells_added_changed_removed_and_kept() -> None:
    present = there({"core": {}, "old": {}, "same": {}}, {("same", "core"): {}, ("core", "old"): {}})
    rest = "same: {upstreams: {core: {join: each}}}, new: {upstreams: {core: }}"
    text = f"version: 1\nprojects: {{core: {{default_branch: trunk}}, {rest}}}"
    found = planned(text, present)
    assert names(found.added) == ["new", "new on core"]
    assert names(found.changed) == ["core", "same on core"]
    assert names(found.removed) == []
    assert names(found.kept) == ["core on old", "old"]
    assert names(planned(text, present, prune=True).removed) == ["core on old", "old"]
    assert lines(found) == [
        "+ project new",
        "+ dependency new on core",
        "~ project core",
        "    default_branch: main -> trunk",
        "~ dependency same on core",
        "    join: all -> each",
        "  dependency core on old: not in the file, kept",
        "  project old: not in the file, kept",
        "2 to add, 2 to change, 0 to remove.",
    ]


def test_the_digest_is_that_of_what_would_be_done() -> None:
    text = "version: 1\nprojects: {core: {default_branch: trunk}}"
    digest = planned(text, there({"core": {}})).digest
    assert planned(text, there({"core": {}, "other": {}})).digest == digest
    assert planned(text, there({"core": {}, "other": {}}), prune=True).digest != digest
    assert planned(text, there({"core": {"default_branch": "x"}})).digest != digest
    assert planned(text, there({})).digest != digest


def test_a_new_value_of_a_secret_changes_the_plan_but_not_its_digest() -> None:
    text = "version: 1\nprojects: {web: {target: {kind: webhook, url: 'https://x.y', secret: {env: S}}}}"
    before = there({"web": {"target": {"kind": "webhook", "url": "https://x.y"}}})
    web = before.projects["web"]
    present = Present({"web": PresentProject(web.id, web.settings, web.clone_url, frozenset({"secret"}))}, {})
    assert planned(text, present).empty
    changed = planned(text, present, new_secrets=frozenset({("web", "secret")}))
    assert lines(changed)[:2] == ["~ project web", "    target.secret: set -> changed"]
    assert changed.digest == planned(text, present).digest
    assert lines(planned(text, before))[1] == "    target.secret: (none) -> set"


def test_a_target_that_moves_to_another_server_needs_its_secrets_anew() -> None:
    text = "version: 1\nprojects: {web: {target: {kind: jenkins, url: 'https://%s', job: a/b, mode: build, api_token: {env: T}}}}"
    here = good(text % "ci.example").projects["web"]
    known = PresentProject("id", here.settings, "http://a.test/git/web.git", frozenset({"api_token", "token"}))
    present = Present({"web": known}, {})
    assert planned(text % "ci.example", present).empty
    moved = lines(planned(text % "ci.elsewhere", present))
    assert moved[2:4] == ["    target.api_token: (none) -> set", "    target.token: set -> (none)"]


# ---- the way back


SAFE = st.characters(exclude_categories=["Cs", "Cc"])
LINES = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}x", fullmatch=True)
GLOBS = st.lists(st.text(SAFE, min_size=1, max_size=9), max_size=3)
PATTERNS = st.fixed_dictionaries({"include": GLOBS, "exclude": GLOBS})
REFS = st.one_of(
    st.sampled_from(["default", "same"]).map(lambda use: {"use": use, "value": None}),
    NAMES.filter(is_ref_name).map(lambda name: {"use": "fixed", "value": f"v/{name}"}),
)
VARIABLES = st.from_regex(r"[A-C][A-Za-z0-9_]{0,6}", fullmatch=True)
VALUES = st.text(LINES, max_size=20).filter(lambda text: "${" not in text)
RULES = st.fixed_dictionaries(
    {
        "join": st.sampled_from(["all", "each"]),
        "enabled": st.booleans(),
        "branches": PATTERNS,
        "tags": PATTERNS,
        "pipelines": PATTERNS,
        "ref": REFS,
        "parameters": st.dictionaries(VARIABLES, VALUES, max_size=3),
    }
)
SETTINGS = st.fixed_dictionaries(
    {
        "repository_url": st.sampled_from([None, "https://git.test/x", "git@host:a/b"]),
        "default_branch": NAMES.filter(is_ref_name),
        "visibility": st.sampled_from(fields.VISIBILITIES),
        "enabled": st.booleans(),
        "owners_url": st.sampled_from([None, "https://team.test/?a=1#b"]),
        "contact": st.one_of(st.none(), st.text(SAFE, min_size=1, max_size=20)),
        "on_new_event": st.sampled_from(fields.ON_NEW_EVENT),
        "start_deadline_s": st.integers(1, 30 * fields.DAY_S),
        "finish_deadline_s": st.integers(1, 30 * fields.DAY_S),
        "accept_event_token": st.booleans(),
        "target": st.one_of(
            st.just({"kind": "agent"}),
            st.text(SAFE, min_size=1, max_size=9).map(lambda name: {"kind": "agent", "pipeline": name}),
            st.just({"kind": "webhook", "url": "https://ci.test/hook?a=b", "cancel_url": "https://ci.test/stop"}),
        ),
    }
)


@st.composite
def graphs(draw: st.DrawFn) -> Present:
    """A graph without cycles: each depends only on names before its own."""
    named = draw(st.dictionaries(NAMES, SETTINGS, max_size=4))
    order = list(named)
    edges = [(down, up) for n, down in enumerate(order) for up in order[:n] if draw(st.booleans())]
    return there(named, {edge: draw(RULES) for edge in edges})


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_what_was_exported_changes_nothing(present: Present) -> None:
    text = write(present)
    file, faults = read(text, present=present)
    assert faults == [], text
    assert plan(file, present, True, frozenset()).empty
    assert write(present) == text


def test_an_export_may_be_of_some_projects() -> None:
    present = there({"a": {}, "b": {}, "c": {}}, {("b", "a"): {}, ("c", "b"): {}})
    file = good(write(present, {"b"}), present=present)
    assert set(file.projects) == {"b"}
    assert set(file.dependencies) == {("b", "a")}
