"""Whether this process has been told to stop: what waits for something must then end by itself."""

import threading

CLOSING = threading.Event()
