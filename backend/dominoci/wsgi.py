"""What gunicorn loads: `dominoci.wsgi:app`."""

from dominoci.app import create_app
from dominoci.bootstrap import build, configure_logging
from dominoci.config import Settings

settings = Settings.from_env()
configure_logging(settings, "web")
app = create_app(build(settings))
