"""People beside the admin, signed in with browsers of their own."""

from typing import Any

from dominoci.domain.ids import new_id
from dominoci.infra.models.accounts import User
from dominoci.infra.unit_of_work import UnitOfWork
from dominoci.services import sessions, tokens
from dominoci.store import accounts
from tests.unit.api.site import Browser, TestSite


def add(site: TestSite, name: str, **columns: Any) -> str:
    """A new person; answers their id."""

    def work(uow: UnitOfWork) -> str:
        blank = {"is_admin": False, "password_hash": None, "disabled_at": None}
        row = User(id=new_id(), name=name, created_at=uow.now, **{**blank, **columns})
        accounts.add(uow.session, row)
        return row.id

    return site.container.write(work)


def browser_of(site: TestSite, name: str) -> Browser:
    """A browser in which this person has signed in."""
    link = site.container.write(sessions.login_link, name)
    return Browser(site.app.test_client(), link.partition("code=")[2])


def person(site: TestSite, name: str, **columns: Any) -> Browser:
    """A new person, signed in."""
    add(site, name, **columns)
    return browser_of(site, name)


def newcomer(site: TestSite, name: str, scope: str = "user") -> str:
    """The token of a new person without any right."""
    add(site, name)
    if scope == "user":
        return str(site.container.write(tokens.create_for_user, name, "test")["token"])
    return token_of(site, name, scope)


def token_of(site: TestSite, name: str, scope: str) -> str:
    """Another token of somebody, of this scope."""

    def mint(uow: UnitOfWork) -> str:
        user = accounts.user_by_name(uow.session, name)
        assert user
        return tokens.mint(uow, "dcu", user.id, scope, "test")[1]

    return site.container.write(mint)
