"""The audit log: every change by a person or a token leaves one row in its own transaction, without secrets."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from dominoci.domain.audit import ACTIONS, LONGEST_TEXT, About, kept, sentence
from dominoci.domain.errors import Conflict, Forbidden, Unauthorized
from dominoci.infra.models.accounts import Invitation, LoginCode, Token, User, UserSession
from dominoci.infra.models.graph import Project
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import audit, builds, dependencies, invitations, projects, sessions, tokens
from dominoci.services.access import COMMAND_LINE, Principal
from dominoci.services.audit_export import AT_ONCE, MOST_ROWS, table
from dominoci.services.sessions import Browser
from dominoci.services.sign_in import SignIn
from dominoci.store.paging import Page
from tests.unit.api.site import TestSite
from tests.world import USER, World

SECRET, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
PASSWORD = "a long password of the test"


def log(world: World, **query: Any) -> list[dict[str, Any]]:
    """The log, oldest first."""
    items: list[dict[str, Any]] = world.read(audit.search, USER, query, Page(limit=200))["items"]
    return items[::-1]


def newest(world: World) -> dict[str, Any]:
    return log(world)[-1]


def add(world: World) -> tuple[str, str]:
    """Two projects and the dependency between them: the downstream's id and the dependency's."""
    return world.project("app"), world.depend("core", "app")["id"]


# ---- what is written


def _sign_in(world: World) -> Any:
    code = world.write(sessions.login_link, "admin").partition("code=")[2]
    return world.write(sessions.sign_in_with_code, code, "Firefox", "192.0.2.7")


def _build(world: World) -> Any:
    world.project("built", repository_url=None, target={"kind": "agent"})
    return world.write(builds.start, USER, "built", None, {})


CHANGES: list[tuple[Callable[[World], Any], str, str]] = [
    (lambda w: w.project("core"), "project.created", "admin created project core"),
    (
        lambda w: w.write(projects.change, USER, w.project("core"), {"name": "lib", "default_branch": "trunk"}),
        "project.changed",
        "admin changed project lib: name, default_branch",
    ),
    (lambda w: w.write(projects.remove, USER, w.project("core")), "project.deleted", "admin deleted project core"),
    (lambda w: w.depend("core", "app"), "dependency.added", "admin added dependency app on core"),
    (
        lambda w: w.write(dependencies.change, USER, *add(w), {"join": "each", "enabled": True}),
        "dependency.changed",
        "admin changed dependency app on core: join",
    ),
    (lambda w: w.write(dependencies.remove, USER, *add(w)), "dependency.removed", "admin removed dependency app on core"),
    (
        lambda w: w.write(tokens.create_for_project, USER, w.project("core"), "ci", None),
        "token.created",
        "admin issued token ci of core",
    ),
    (
        lambda w: w.write(
            tokens.revoke, USER, w.project("core"), w.write(tokens.create_for_project, USER, "core", "ci", None)["id"]
        ),
        "token.revoked",
        "admin revoked token ci of core",
    ),
    (
        lambda w: [w.write(tokens.trigger_token, project) for project in [w.project("core")] * 2],
        "token.rotated",
        "the arbiter rotated token post-receive hook",
    ),
    (lambda w: w.write(tokens.create_for_user, "admin", "bot"), "token.created", "the command line issued token bot of admin"),
    (
        lambda w: w.write(sessions.login_link, "admin"),
        "session.login_link",
        "the command line printed a login link for user admin",
    ),
    (_sign_in, "session.signed_in", "admin signed in as user admin"),
    (lambda w: w.write(tokens.enrol_agent, USER), "agent.enrolled", "admin issued token agent enrolment"),
    (lambda w: w.agent("worker-1"), "agent.registered", "worker-1 registered agent worker-1"),
    (_build, "build.started", "admin started build built #1"),
    (lambda w: w.write(builds.cancel, USER, _build(w)["id"]), "build.cancelled", "admin cancelled build built #1"),
]


@pytest.mark.parametrize(("change", "action", "text"), CHANGES, ids=[f"{n}-{action}" for n, (_, action, _) in enumerate(CHANGES)])
def test_a_change_leaves_a_row_that_says_who_did_what(
    any_world: World, change: Callable[[World], Any], action: str, text: str
) -> None:
    change(any_world)
    row = newest(any_world)
    assert (row["action"], row["text"]) == (action, text)
    assert row["at"] == any_world.clock.now


def test_a_change_keeps_only_what_differs(any_world: World) -> None:
    project, dependency = add(any_world)
    any_world.write(dependencies.change, USER, project, dependency, {"join": "each", "enabled": False, "parameters": {}})
    assert (newest(any_world)["before"], newest(any_world)["after"]) == (
        {"join": "all", "enabled": True},
        {"join": "each", "enabled": False},
    )
    rows = len(log(any_world))
    any_world.write(dependencies.change, USER, project, dependency, {"join": "each"})
    any_world.write(projects.change, USER, project, {"default_branch": "main"})
    assert len(log(any_world)) == rows


def test_what_is_refused_leaves_no_row(any_world: World) -> None:
    any_world.graph([("core", "app")])
    rows = len(log(any_world))
    with pytest.raises(Conflict):
        any_world.depend("app", "core")
    with pytest.raises(Conflict):
        any_world.project("core")

    def broken(uow: UnitOfWork) -> None:
        projects.create(uow, USER, {"name": "never", "target": {"kind": "agent"}})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        any_world.write(broken)
    assert len(log(any_world)) == rows


def test_an_action_that_is_not_in_the_table_is_a_mistake(world: World) -> None:
    with pytest.raises(KeyError):
        world.write(audit.note, USER, "project.created ", About("project", "p", "core"))


def test_every_action_has_a_meaning_and_fits_its_column() -> None:
    assert all(len(name) <= 40 and action.meaning.endswith(".") and action.did for name, action in ACTIONS.items())


# ---- secrets


def test_no_secret_ever_stands_in_the_log(any_world: World) -> None:
    """Everything that issues or takes one is done; then neither the texts nor what the database keeps of them may be found."""
    said = [SECRET, OTHER, PASSWORD]
    target = {"kind": "webhook", "url": "https://ci.test/hook?token=in-the-address"}
    core = any_world.project("core", target={**target, "secret": SECRET})
    any_world.write(projects.change, USER, core, {"target": {**target, "secret": OTHER}})
    page = "https://somebody@team.test/#in-the-address"
    any_world.write(projects.change, USER, core, {"contact": f"call {SECRET}", "owners_url": page})
    said.append("in-the-address")
    said.append("somebody@")
    said.append(any_world.write(tokens.create_for_project, USER, core, "ci", None)["token"])
    said.append(any_world.write(tokens.create_for_user, "admin", "bot")["token"])
    said.append(any_world.write(tokens.trigger_token, core))
    said.append(any_world.write(tokens.enrol_agent, USER)["token"])
    code = any_world.write(sessions.login_link, "admin").partition("code=")[2]
    cookie, me = any_world.write(sessions.sign_in_with_code, code, "Firefox")
    admin = Principal("user", me["user"]["id"], "admin", is_admin=True)
    any_world.write(sessions.set_password, admin, PASSWORD, None)
    door = SignIn(any_world.transactions)
    said += [code, cookie, door.with_password("admin", PASSWORD, Browser("Firefox"))[0]]
    with pytest.raises(Unauthorized):
        door.with_password("admin", f"not {PASSWORD}", Browser("Firefox"))
    said.append(any_world.write(invitations.create, USER, {"project": core})["url"].partition("=")[2])
    any_world.depend("core", "app", parameters={"API_TOKEN": said[-1], "password": "in-the-address"})
    any_world.agent()

    def stored(uow: UnitOfWork) -> list[str]:
        people = UserSession.id, LoginCode.id, Invitation.fingerprint, User.password_hash
        kept = [secret["value"] for row in uow.session.scalars(select(Project)) for secret in (row.target_secrets or {}).values()]
        return kept + [value for column in (Token.fingerprint, *people) for value in uow.session.scalars(select(column)) if value]

    said += any_world.read(stored)
    rows = json.dumps(log(any_world), default=str)
    assert len(said) > 15
    assert not [secret for secret in said if secret in rows]


def test_a_secret_reads_set_or_changed(any_world: World) -> None:
    target = {"kind": "webhook", "url": "https://ci.test/hook"}
    core = any_world.project("core", target=target)
    secrets: list[tuple[Any, Any]] = []
    for changed in ({**target, "secret": SECRET}, {**target, "secret": OTHER}, {"kind": "agent"}):
        any_world.write(projects.change, USER, core, {"target": changed})
        row = newest(any_world)
        secrets.append((row["before"]["target_secret"], row["after"]["target_secret"]))
    assert secrets == [(None, "set"), ("set", "changed"), ("set", None)]


def test_long_values_are_cut() -> None:
    _, after = kept(None, {"text": "x" * 5000, "many": ["y"] * 5000, "table": {str(n): n for n in range(5000)}})
    assert after is not None
    assert len(after["text"]) < LONGEST_TEXT + 30
    assert len(json.dumps(after)) < 3000


# ---- reading it


def test_the_log_can_be_searched_and_paged(any_world: World) -> None:
    any_world.project("one")
    any_world.clock.advance(hours=1)
    between = any_world.clock.now
    two = any_world.project("two")
    any_world.write(tokens.create_for_user, "admin", "bot")
    any_world.write(projects.change, Principal("user", "u2", "eve", is_admin=True), two, {"default_branch": "x"})
    assert [row["object"]["name"] for row in log(any_world, action="project.created")] == ["one", "two"]
    assert [row["action"] for row in log(any_world, object=two)] == ["project.created", "project.changed"]
    assert [row["action"] for row in log(any_world, who="u2")] == ["project.changed"]
    assert [row["action"] for row in log(any_world, who=COMMAND_LINE.id)] == ["token.created"]
    assert len(log(any_world, since=between)) == 3
    assert [row["object"]["name"] for row in log(any_world, until=between)] == ["one"]
    first = any_world.read(audit.search, USER, {}, Page(limit=3))
    rest = any_world.read(audit.search, USER, {}, Page(limit=3, cursor=first["next_cursor"]))
    assert [item["action"] for item in first["items"] + rest["items"]] == [row["action"] for row in log(any_world)[::-1]]
    assert rest["next_cursor"] is None


def test_a_users_name_finds_what_the_user_did_under_any_token(any_world: World) -> None:
    _, me = _sign_in(any_world)
    admin = Principal("user", me["user"]["id"], "admin", is_admin=True, via="bot")
    any_world.write(projects.create, admin, {"name": "core", "target": {"kind": "agent"}})
    assert [row["actor"]["name"] for row in log(any_world, who="admin")] == ["admin", "admin (token bot)"]


def test_a_project_shows_what_was_done_to_it_and_around_it(any_world: World) -> None:
    any_world.graph([("core", "app"), ("net", "far")])
    any_world.write(tokens.create_for_project, USER, "core", "ci", None)
    items = any_world.read(audit.of_project, USER, "core", Page())["items"]
    assert [item["action"] for item in items] == ["token.created", "dependency.added", "project.created"]
    with pytest.raises(Forbidden):
        any_world.read(audit.of_project, any_world.who("core"), "core", Page())


def test_history_outlives_what_it_tells_of(any_world: World) -> None:
    project, dependency = add(any_world)
    any_world.write(dependencies.remove, USER, project, dependency)
    items = any_world.read(audit.of_project, USER, "app", Page())["items"]
    assert items[0]["object"] == {"kind": "dependency", "id": dependency, "name": "app on core"}


# ---- over HTTP


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestSite]:
    made = TestSite(tmp_path)
    yield made
    made.close()


def test_a_row_names_the_token_and_the_address(site: TestSite) -> None:
    site.project("core")
    (row,) = site.get("/audit?action=project.created").get_json()["items"]
    assert row["actor"]["name"] == "admin (token test)"
    assert row["address"] == "127.0.0.1"
    assert site.get("/projects/core/audit").get_json()["items"] == [row]


def test_signing_in_says_from_where_and_with_what(site: TestSite) -> None:
    site.browser()
    (row,) = site.get("/audit?action=session.signed_in&who=admin").get_json()["items"]
    assert row["after"]["by"] == "login link"
    assert row["address"] == "127.0.0.1"


def test_the_whole_log_is_for_admins(site: TestSite) -> None:
    site.project("core")
    assert site.get("/audit", site.project_token("core")).status_code == 403
    assert site.get("/projects/core/audit", site.project_token("core")).status_code == 403

    def plain_user(uow: UnitOfWork) -> None:
        uow.session.scalars(select(User)).one().is_admin = False

    site.container.write(plain_user)
    assert site.get("/audit").status_code == 403
    assert site.get("/projects/core/audit").status_code == 200


@pytest.mark.parametrize("query", ["action=none", "since=yesterday", "limit=0", "format=xml", "color=red"])
def test_a_bad_question_is_refused(site: TestSite, query: str) -> None:
    assert site.get(f"/audit?{query}").status_code == 422


def test_the_export_is_safe_to_open_in_a_spreadsheet(site: TestSite) -> None:
    site.project("core", contact='=HYPERLINK("http://evil.test")')
    site.container.write(tokens.create_for_user, "admin", '=cmd|"/c calc"!A1')
    by_formula = Principal("user", "u", "@SUM(1)", is_admin=True)
    site.container.write(projects.change, by_formula, "core", {"contact": "-1+1"})
    answer = site.get("/audit?format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["action"] for row in rows][:2] == ["project.changed", "token.created"]
    assert rows[0]["actor"] == "'@SUM(1)"
    assert json.loads(rows[0]["after"]) == {"contact": "-1+1"}
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_export_is_bounded_and_holds_one_page_at_a_time(world: World) -> None:
    world.project("core")
    item = newest(world)
    asked: list[Page] = []

    def endless(page: Page) -> dict[str, Any]:
        asked.append(page)
        return {"items": [item] * page.limit, "next_cursor": f"c{len(asked)}"}

    pieces = list(table(endless))
    assert "".join(pieces).count("\r\n") == MOST_ROWS + 1
    assert max(page.limit for page in asked) == AT_ONCE
    assert [page.cursor for page in asked[:2]] == [None, "c1"]


def test_the_sentence_of_an_action_of_a_later_version_is_readable() -> None:
    assert sentence("admin", "moon.landed", About("moon", "1", "luna"), None, None) == "admin moon landed moon luna"


def test_agents_are_told_apart_from_people(any_world: World) -> None:
    any_world.agent("worker-1")
    assert newest(any_world)["actor"]["kind"] == "enrolment"
