"""Reads docs.html as a browser would: what is opened is closed, every link leads to a place on the page."""

import sys
from html.parser import HTMLParser
from pathlib import Path

import terminal

VOID = {"meta"}


class Page(HTMLParser):
    """Collects what is open, the places and the links."""

    def __init__(self):
        super().__init__()
        self.open, self.places, self.links, self.problems = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        """Something opens."""
        found = dict(attrs)
        self.places |= {found["id"]} if "id" in found else set()
        self.links += [found["href"]] if "href" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Something closes: it must be what was opened last."""
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"line {self.getpos()[0]}: </{tag}> closes nothing")


def main():
    """0 when nothing is wrong with the page."""
    terminal.step("the page, read again")
    page = Page()
    page.feed(Path("docs.html").read_text(encoding="utf-8"))
    problems = page.problems + [f"<{tag}> is never closed" for tag in page.open]
    problems += [f"{link} leads nowhere" for link in page.links if link.lstrip("#") not in page.places]
    for problem in problems:
        terminal.bad(problem)
    if not problems:
        terminal.good(f"{len(page.places)} places, {len(page.links)} links, all closed, all reached")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
