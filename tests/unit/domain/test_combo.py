"""Combos: what was made of what, what differs, lock files that a shell can read without running anything, and addresses."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dominoci.domain import combo, lock_file
from dominoci.domain.combo import Given, Lineage, Member
from dominoci.domain.pasted import compare_url, repository, run_addresses
from dominoci.domain.reports import Artifact

TREE = "0193b5e2-9f00-7abc-8def-0123456789ab"
GITHUB = "https://github.com/acme/core.git"


def member(project: str, commit: str | None = "a1", sub_id: str = "1", **fields: object) -> Member:
    return replace(Member(f"id-{project}", project, sub_id, 1, commit), **fields)  # type: ignore[arg-type]


# ---- what was made of what


def test_an_attempt_was_made_of_its_frozen_inputs_up_to_the_root() -> None:
    tries = [
        Given(("core", 1), None),
        Given(("net", 1), [("core", 1)]),
        Given(("net", 2), [("core", 1)]),
        Given(("ui", 1), [("core", 1)]),
        Given(("app", 1), [("net", 1), ("ui", 1)]),
        Given(("app", 2), [("net", 2), ("ui", 1)]),
    ]
    found = Lineage(tries, {})
    assert found.members([("app", 1)]) == {("core", 1), ("net", 1), ("ui", 1), ("app", 1)}
    assert found.members([("app", 2)]) == {("core", 1), ("net", 2), ("ui", 1), ("app", 2)}
    assert found.count(("app", 2)) == 4
    assert found.holding({("net", 1)}) == {("net", 1), ("app", 1)}
    assert found.holding({("core", 1)}) == {given.key for given in tries}
    assert found.holding(set()) == set()


def test_where_no_inputs_were_kept_the_passed_edges_tell_them() -> None:
    passed = {"net": [("core", 1)], "app": [("net", 2)]}
    tries = [Given(("core", 1), None), Given(("net", 2), None), Given(("app", 1), None), Given(("app", 2), [("core", 1)])]
    found = Lineage(tries, passed)
    assert found.members([("app", 1)]) == {("core", 1), ("net", 2), ("app", 1)}
    assert found.members([("app", 2)]) == {("core", 1), ("app", 2)}


def test_inputs_that_nobody_knows_or_that_come_later_count_for_nothing() -> None:
    found = Lineage([Given(("net", 1), [("gone", 1), ("app", 1), ("net", 1)]), Given(("app", 1), [("net", 1)])], {})
    assert found.members([("net", 1)]) == {("net", 1)}
    assert found.members([("app", 1)]) == {("net", 1), ("app", 1)}


@given(st.lists(st.lists(st.integers(0, 30), max_size=4), min_size=1, max_size=30))
def test_a_combo_is_its_parents_combos_and_itself(parents: list[list[int]]) -> None:
    known = [[p for p in some if p < place] for place, some in enumerate(parents)]
    found = Lineage([Given((str(n), 1), [(str(p), 1) for p in some]) for n, some in enumerate(known)], {})
    for n, some in enumerate(known):
        expected = {(str(n), 1)}.union(*(found.members([(str(p), 1)]) for p in some))
        assert found.members([(str(n), 1)]) == expected
        assert found.count((str(n), 1)) == len(expected)
        assert all((str(n), 1) in found.holding({key}) for key in expected)


def test_the_members_stand_by_sub_id_as_numbers() -> None:
    shuffled = [member("b", sub_id="1.10"), member("c", sub_id="1.2"), member("a", sub_id="1")]
    assert [m.project for m in combo.in_order(shuffled)] == ["a", "c", "b"]


def test_two_commits_of_one_project_are_said_and_not_hidden() -> None:
    once, again = member("core", "a1"), member("core", "a1", "1.1")
    assert not combo.is_mixed([once, again, member("net", "b1")])
    assert combo.is_mixed([once, member("core", "a2", "1.1")])
    assert combo.is_mixed([once, member("core", None, "1.1")])


def test_the_name_of_a_combo_leads_back_to_its_attempt() -> None:
    assert combo.read_id(combo.combo_id(TREE, "1.2.10", 3)) == (TREE, "1.2.10", 3)


@pytest.mark.parametrize("end", ["", ":1", ":1:0", ":1..2:1", ":01:1", ":1:1\n", f":1:{'9' * 10}", ":٣:1", ":1:1:1"])
def test_what_is_no_name_of_a_combo_is_none(end: str) -> None:
    assert combo.read_id(TREE + end) is None
    assert combo.read_id(end) is None


@pytest.mark.parametrize("commit", ["9fceb02", "9FCEB02", "9fceb02d0ae598e95dc970b74767f19372d61af8"])
def test_seven_digits_of_a_commit_are_a_prefix(commit: str) -> None:
    low, high = combo.commit_range(commit) or ("", "")
    assert low <= commit.lower() < high
    assert low <= commit.lower() + "f" * 10 < high
    assert not low <= "9fceb01" + "f" * 33 < high
    assert not low <= "9fceb03" < high


@pytest.mark.parametrize("commit", ["9fceb0", "r1234567", "release-7", "a" * 65])
def test_anything_else_is_a_whole_commit(commit: str) -> None:
    assert combo.commit_range(commit) is None


# ---- what differs


def test_only_what_changed_is_told() -> None:
    wheel, page = Artifact("core.whl", sha256="1" * 64), Artifact("page.html", sha256="2" * 64)
    old = [
        member("core", "a1", repository=GITHUB, artifacts=(wheel, page)),
        member("net", "b1", "1.1"),
        member("gone", "c1", "1.2"),
    ]
    newer = Artifact("core.whl", sha256="3" * 64)
    new = [
        member("core", "a2", repository=GITHUB, artifacts=(newer, page)),
        member("net", "b1", "1.1"),
        member("come", "d1", "1.2"),
    ]
    found = combo.compare(old, new)
    (change,) = found.changed
    assert (change.project, change.old, change.new) == ("core", "a1", "a2")
    assert change.compare_url == "https://github.com/acme/core/compare/a1...a2"
    assert [(a.name, a.change, a.old_sha256, a.new_sha256) for a in change.artifacts] == [
        ("core.whl", "changed", "1" * 64, "3" * 64)
    ]
    assert ([m.project for m in found.added], [m.project for m in found.removed], found.unchanged) == (["come"], ["gone"], 1)


def test_a_combo_does_not_differ_from_itself() -> None:
    same = [member("core", artifacts=(Artifact("a"),)), member("core", "a2", "1.1"), member("net", None, "1.2")]
    assert combo.compare(same, same) == combo.Comparison([], [], [], 2)


def test_the_same_commit_built_anew_shows_its_other_artifacts() -> None:
    old = [member("core", artifacts=(Artifact("a", url="https://ci/1/a"), Artifact("b")))]
    new = [member("core", artifacts=(Artifact("a", url="https://ci/2/a"), Artifact("c", sha256="f" * 64)))]
    (change,) = combo.compare(old, new).changed
    assert (change.old, change.new, change.compare_url) == ("a1", "a1", None)
    assert [(a.name, a.change, a.new_sha256) for a in change.artifacts] == [
        ("a", "changed", None),
        ("b", "removed", None),
        ("c", "added", "f" * 64),
    ]


def test_a_project_that_stands_twice_tells_each_commit_that_changed() -> None:
    old = [member("core", "a1"), member("core", "a2", "1.1")]
    new = [member("core", "a2"), member("core", "a3", "1.1"), member("core", "a4", "1.2")]
    assert [(c.old, c.new) for c in combo.compare(old, new).changed] == [("a1", "a3"), (None, "a4")]


# ---- lock files

HOSTILE = [
    "it's",
    "$(touch ran)",
    "`touch ran`",
    "';touch ran;'",
    '";touch ran;"',
    "a\ntouch ran\n",
    "\\",
    "\\'; touch ran #",
    "${HOME}",
    "a b\tc",
    "~",
    "*",
    "é ☃ \u2028",
    "\r\n",
    "#",
    "a=b",
    "& touch ran &",
    "-n",
]


def sourced(folder: Path, text: str, *names: str) -> list[str]:
    """What a POSIX shell has in these variables after reading the file; it must not write anything, nor run anything."""
    (folder / "combo.env").write_bytes(text.encode())
    script = "set -eu\n. ./combo.env\n" + "".join(f"printf '%s\\0' \"${name}\"\n" for name in names)
    told = subprocess.run(["dash", "-c", script], cwd=folder, capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"})
    assert told.stderr == b""
    assert [path.name for path in folder.iterdir()] == ["combo.env"], "reading the file ran something"
    return told.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_shell_reads_exactly_what_was_reported_and_runs_nothing(tmp_path: Path, value: str) -> None:
    artifact = Artifact(value, url=value, sha256="ab" * 32)
    text = lock_file.dotenv(TREE, [member("lib-core", value, branch=value, tag=value, artifacts=(artifact,))])
    names = ("LIB_CORE_COMMIT", "LIB_CORE_BRANCH", "LIB_CORE_TAG", "LIB_CORE_ARTIFACT_1_NAME", "LIB_CORE_ARTIFACT_1_URL")
    assert sourced(tmp_path, text, *names) == [value] * 5
    assert sourced(tmp_path, text, "LIB_CORE_ARTIFACT_1_SHA256") == ["ab" * 32]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_value_at_all_gets_out_of_its_quotes(tmp_path: Path, value: str) -> None:
    text = lock_file.dotenv(TREE, [member("a", value), member("b", "after")])
    assert sourced(tmp_path, text, "A_COMMIT", "B_COMMIT") == [value, "after"]


def test_what_is_not_known_is_empty(tmp_path: Path) -> None:
    text = lock_file.dotenv(TREE, [member("core", None, artifacts=(Artifact("a"),))])
    names = ("CORE_COMMIT", "CORE_BRANCH", "CORE_ARTIFACT_1_SHA256", "CORE_ARTIFACT_1_URL")
    assert sourced(tmp_path, text, *names) == [""] * 4


def test_names_are_made_of_projects_and_never_given_twice() -> None:
    projects = ["lib-core", "lib.core", "lib-core-2", "lib_core", "0day", "LIB-CORE", "lib-core"]
    found = lock_file.prefixes(projects)
    assert found == ["LIB_CORE", "LIB_CORE_3", "LIB_CORE_2", "LIB_CORE_4", "_0DAY", "LIB_CORE_5", "LIB_CORE_6"]
    assert lock_file.prefixes(projects) == found


@given(st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,6}", fullmatch=True), max_size=12))
def test_every_name_is_one_that_a_shell_takes_and_none_is_there_twice(projects: list[str]) -> None:
    text = lock_file.dotenv(TREE, [member(project, artifacts=(Artifact("x"),)) for project in projects])
    names = [line.partition("=")[0] for line in text.splitlines()[1:]]
    assert all(re.fullmatch(r"[A-Z_][A-Z0-9_]*", name) for name in names)
    assert len(set(names)) == len(names) == 6 * len(projects)


def test_the_same_combo_gives_the_same_file_in_whatever_order_it_was_read() -> None:
    files = (Artifact("b", sha256="b" * 64), Artifact("a", sha256="a" * 64))
    nets = [member("net", "b1", "1.1", artifacts=files), member("net", "b2", "1.10"), member("net", "b3", "1.2")]
    members = [nets[0], member("core"), *nets[1:]]
    turned = [replace(m, artifacts=m.artifacts[::-1]) for m in members[::-1]]
    assert lock_file.lock(TREE, members) == lock_file.lock(TREE, turned)
    assert lock_file.dotenv(TREE, members) == lock_file.dotenv(TREE, turned)
    locked = lock_file.lock(TREE, members)
    assert (locked["version"], [m["commit"] for m in locked["members"]]) == (1, ["a1", "b1", "b3", "b2"])
    assert [a["name"] for a in locked["members"][1]["artifacts"]] == ["a", "b"]


# ---- addresses


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/acme/core",
        "https://github.com/acme/core/",
        "https://github.com/acme/core.git",
        "http://www.github.com/acme/core.git/",
        "https://user:secret@GitHub.com:443/acme/core",
        "ssh://git@github.com:22/acme/core.git",
        "git@github.com:acme/core.git",
        "git@github.com:acme/core",
        "github.com/acme/core",
        "www.github.com/acme/core?tab=readme#top",
        "https://github.com/acme/core/tree/main",
        "https://github.com/acme/core/pull/3/files",
        "https://github.com/acme/core/blob/main/setup.py#L3",
        "https://github.com/acme/core/-/tree/main",
        "https://github.com/acme/core.git/info/refs?service=git-upload-pack",
        "  https://github.com/acme/core\n",
    ],
)
def test_a_repository_is_the_same_in_whatever_spelling(text: str) -> None:
    assert repository(text) == "github.com/acme/core"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://gitlab.test/group/sub/core/-/merge_requests/7", "gitlab.test/group/sub/core"),
        ("https://github.com", "github.com"),
        ("https://github.com/acme", "github.com/acme"),
        ("https://[::1", None),
        ("lib-core", None),
        ("lib.core", None),
        ("a/b", None),
        ("", None),
        ("mailto:x@y.z", None),
        ("file:///etc/passwd", None),
    ],
)
def test_what_else_may_be_typed(text: str, found: str | None) -> None:
    assert repository(text) == found


@pytest.mark.parametrize(
    ("pasted", "known"),
    [
        ("https://ci.test/job/core/12/", "https://ci.test/job/core/12/"),
        ("https://ci.test/job/core/12", "https://ci.test/job/core/12/"),
        ("https://ci.test/job/core/12/console", "https://ci.test/job/core/12/"),
        ("https://ci.test/job/core/12/testReport/junit/x?y=z", "https://ci.test/job/core/12/"),
        ("https://github.com/a/b/actions/runs/7/job/9", "https://github.com/a/b/actions/runs/7"),
        ("https://gitlab.test/a/b/-/pipelines/5/builds", "https://gitlab.test/a/b/-/pipelines/5"),
        ("https://ci.test/run?id=7", "https://ci.test/run?id=7"),
    ],
)
def test_a_page_of_a_run_leads_to_the_run(pasted: str, known: str) -> None:
    assert known in run_addresses(pasted)
    assert run_addresses(pasted)[0] == pasted


@pytest.mark.parametrize("text", ["", "core", "ssh://git@x/y", "https://", "https://[::1"])
def test_what_is_no_web_address_has_no_run(text: str) -> None:
    assert run_addresses(text) == ()


def test_a_run_is_not_taken_for_its_whole_server() -> None:
    assert "https://ci.test" not in run_addresses("https://ci.test/a/b")
    assert len(run_addresses("https://ci.test/" + "a/" * 50)) < 10


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://github.com/acme/core.git", "https://github.com/acme/core/compare/a1...a2"),
        ("git@github.com:acme/core.git", "https://github.com/acme/core/compare/a1...a2"),
        ("ssh://git@gitlab.acme.test:2222/x/y/core.git", "https://gitlab.acme.test/x/y/core/-/compare/a1...a2"),
        ("https://user@gitlab.acme.test:8443/x/core", "https://gitlab.acme.test:8443/x/core/-/compare/a1...a2"),
        ("https://codeberg.org/x/core", "https://codeberg.org/x/core/compare/a1...a2"),
        ("https://git.acme.test/x/core", None),
        ("https://github.com/core", None),
        (None, None),
    ],
)
def test_commits_are_compared_where_the_host_has_such_a_page(url: str | None, page: str | None) -> None:
    assert compare_url(url, "a1", "a2") == page
    assert compare_url(url, None, "a2") is None


def test_a_commit_cannot_lead_the_link_elsewhere() -> None:
    assert compare_url(GITHUB, "../../evil?", "#x") == "https://github.com/acme/core/compare/..%2F..%2Fevil%3F...%23x"
