"""Checks the look of the sources: every public function says what it does, no line is too long, no import is unused."""

import ast
import sys
from pathlib import Path

import terminal

LONGEST = 130


def main():
    """0 when nothing is wrong."""
    terminal.step("the look of the sources")
    wrong = 0
    for path in sorted(p for folder in ("core", "tests", "ci") for p in Path(folder).rglob("*.py")):
        problems = [*long_lines(path), *silent_functions(path), *unused_imports(path)]
        for line, problem in problems:
            terminal.bad(f"{path}:{line}: {problem}")
        if not problems:
            terminal.good(str(path))
        wrong += len(problems)
    return 1 if wrong else 0


def long_lines(path):
    """Lines that do not fit on a screen."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if len(line) > LONGEST:
            yield number, f"{len(line)} characters, more than {LONGEST}"


def silent_functions(path):
    """Public functions and classes without a docstring; tests speak by their names."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith(("_", "test_")):
            if not ast.get_docstring(node):
                yield node.lineno, f"{node.name} does not say what it does"


def unused_imports(path):
    """Names that are imported and never used."""
    tree = parsed(path)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                name = (alias.asname or alias.name).split(".")[0]
                if name not in used:
                    yield node.lineno, f"{name} is imported and not used"


def parsed(path):
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


if __name__ == "__main__":
    sys.exit(main())
