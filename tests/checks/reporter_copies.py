"""`python -m tests.checks.reporter_copies`: the reporter's copies are the reporter. Jenkins and GitLab fetch one folder or one
file, so each needs it inside; `--write` puts it there again."""

import sys
from collections.abc import Mapping
from pathlib import Path

BEGIN, END = "<<'DOMINOCI_REPORT'\n", "      DOMINOCI_REPORT\n"
INDENT = "      "


def wanted(integrations: Path) -> Mapping[Path, str]:
    """Every file that holds the reporter, with the text that it should have."""
    reporter = (integrations / "sh" / "dominoci-report").read_text("utf-8")
    gitlab = integrations / "gitlab" / "dominoci.gitlab-ci.yml"
    before, begin, rest = gitlab.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    inside = "".join(f"{INDENT}{line}" if line.strip() else line for line in reporter.splitlines(keepends=True))
    return {
        integrations / "jenkins" / "resources" / "dominoci" / "dominoci-report": reporter,
        gitlab: "".join([before, begin, inside, end, after]),
    }


def main(repository: Path, *, write: bool) -> int:
    """Prints, or mends, what is stale; 1 when something is and was not mended."""
    stale = [path for path, text in wanted(repository / "integrations").items() if path.read_text("utf-8") != text]
    for path in stale:
        if write:
            path.write_text(wanted(repository / "integrations")[path], "utf-8")
        sys.stdout.write(f"{path.relative_to(repository)}: {'written' if write else 'is not the reporter any more'}\n")
    return 1 if stale and not write else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[2], write="--write" in sys.argv[1:]))
