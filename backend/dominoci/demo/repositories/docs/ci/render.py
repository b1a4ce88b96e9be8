"""Writes docs.html from pages/introduction.txt and from what the app of this tree answers."""

import html
import os
import subprocess
import sys
from pathlib import Path

import terminal

EXAMPLES = (["--help"], ["card", "--help"], ["send", "--help"], ["card", "Reader"], ["send", "Ada", "Grace"], ["about"])
MISSING_PART = 3  # the app's exit status when it was put together without what a command needs
STYLE = "body{font:16px/1.6 sans-serif;max-width:44em;margin:3em auto}pre{background:#eee;padding:1em;overflow:auto}"


def main():
    """0 when the page was written."""
    terminal.step("the manual")
    title, *paragraphs = Path("pages/introduction.txt").read_text(encoding="utf-8").strip().split("\n\n")
    parts = [f"<h1>{html.escape(title)}</h1>", *(f"<p>{html.escape(text)}</p>" for text in paragraphs)]
    app = Path(os.environ.get("DOMINO_INPUTS") or "no-inputs", "app", "app.pyz")
    if not app.is_file():
        terminal.note("this build was not given app: the page holds the introduction only")
    for arguments in EXAMPLES if app.is_file() else ():
        text = answer(app, arguments)
        if text is None:
            terminal.note(f"app {' '.join(arguments)}: this app was built without that part")
            continue
        parts.append(section(arguments, text))
        terminal.good(f"app {' '.join(arguments)}")
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
    body = "\n".join(parts)
    Path("docs.html").write_text(
        f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n', encoding="utf-8"
    )
    return 0


def section(arguments, text):
    """One command and its answer."""
    name = "-".join(word.strip("-").lower() for word in arguments)
    return f'<h2 id="{name}"><a href="#{name}">app {html.escape(" ".join(arguments))}</a></h2>\n<pre>{html.escape(text)}</pre>'


def answer(app, arguments):
    """What the app prints; None when it lacks a part. An app that fails has no manual."""
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run([sys.executable, str(app), *arguments], env=environment, capture_output=True, timeout=60, check=False)
    if done.returncode == MISSING_PART:
        return None
    if done.returncode != 0:
        raise SystemExit(f"app {' '.join(arguments)} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8")


if __name__ == "__main__":
    sys.exit(main())
