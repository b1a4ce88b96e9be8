"""Lines for people who watch a build: what is done, what held, what did not."""

import os
import time

# a moment before each part of the work, so that eyes can follow the row as it falls
PACE_S = float(os.environ.get("PACE_S", "0.3"))
GREEN, RED, YELLOW, BLUE, DIM, PLAIN = (f"\033[{code}m" for code in ("32", "31", "33", "1;34", "2", "0"))


def step(text):
    """Announces what is done next."""
    print(f"{BLUE}==> {text}{PLAIN}", flush=True)
    time.sleep(PACE_S)


def good(text):
    """Something held."""
    print(f"  {GREEN}✓{PLAIN} {text}", flush=True)


def bad(text):
    """Something did not hold."""
    print(f"  {RED}✗ {text}{PLAIN}", flush=True)


def note(text):
    """Something that a reader should know."""
    print(f"  {YELLOW}! {text}{PLAIN}", flush=True)


def detail(text):
    """A figure or a name on the side."""
    print(f"    {DIM}{text}{PLAIN}", flush=True)
