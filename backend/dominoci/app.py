"""The web app: edge, gate, API, git, live socket and page, put together for one container."""

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from dominoci.api import problems, routes
from dominoci.api.context import EXTENSION, Site
from dominoci.api.gate import Gate, declare, refuse_undeclared
from dominoci.bootstrap import Container
from dominoci.demo.background import BackgroundDemo
from dominoci.web import edge, git, lfs, live, spa, sso
from dominoci.web.hub import Hub
from dominoci.web.polls import Polls

MAX_BODY = 1 << 20  # bytes; logs, artifacts and pushes have limits of their own


class CompactJson(DefaultJSONProvider):
    """JSON without spaces, in the order of the schema; ASCII, so that any text that was sent to us can be named in a refusal."""

    compact = True
    sort_keys = False


def create_app(container: Container) -> Flask:
    """The app of one web process. Raises RuntimeError when a route does not say who may call it."""
    settings = container.settings
    app = Flask("dominoci", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MAX_BODY, STATIC_ROOT=spa.STATIC_ROOT)
    app.json = CompactJson(app)
    hub = Hub(settings.redis_url)
    polls = Polls(settings.poll_cap, hub.listen)
    hub.on_agents(polls.wake)
    app.extensions[EXTENSION] = Site(container, polls, BackgroundDemo(container))

    edge.register(app, settings)
    app.before_request(Gate(container).check)
    problems.register(app)
    routes.register(app)
    app.register_blueprint(git.blueprint(container))
    app.register_blueprint(lfs.blueprint(container))
    live.register(app, container, hub)
    sso.register(app, container)
    spa.register(app, spa.STATIC_ROOT)
    declare(app, {**spa.CALLERS, **live.CALLERS, **sso.CALLERS})
    declare(app, {**git.CALLERS, **lfs.CALLERS}, check_themselves=True)
    refuse_undeclared(app)
    return app
