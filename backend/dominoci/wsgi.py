"""What gunicorn loads: `dominoci.wsgi:app`."""

from dominoci.app import create_app
from dominoci.bootstrap import build, configure_logging
from dominoci.config import Settings
from dominoci.infra.collector import spare_the_collector

settings = Settings.from_env()
configure_logging(settings, "web")
app = create_app(build(settings))
spare_the_collector()
