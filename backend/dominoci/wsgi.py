"""What gunicorn loads: `dominoci.wsgi:app`."""

import gc

from dominoci.app import create_app
from dominoci.bootstrap import build, configure_logging
from dominoci.config import Settings

settings = Settings.from_env()
configure_logging(settings, "web")
app = create_app(build(settings))
# what is loaded by now stays to the end: looking through it again and again was 40 % of a large answer
gc.collect()
gc.freeze()
