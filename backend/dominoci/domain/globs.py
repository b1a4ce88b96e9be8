"""Glob patterns for refs and pipeline names, matched in linear time and never through `re` (guarantees.md, trap of `a+`)."""

MAX_PATTERN = 200


def matches(pattern: str, text: str) -> bool:
    """Whether `text` as a whole fits `pattern`: `*` is any run of characters (also `/`), `?` any one; all else is literal.

    Greedy with one point of return, so the cost is at most len(pattern) * len(text).
    """
    p = t = 0
    star, mark = -1, 0
    while t < len(text):
        if p < len(pattern) and pattern[p] == "*":
            star, mark, p = p, t, p + 1
        elif p < len(pattern) and pattern[p] in ("?", text[t]):
            p, t = p + 1, t + 1
        elif star >= 0:
            mark += 1
            p, t = star + 1, mark
        else:
            return False
    return all(c == "*" for c in pattern[p:])


def pattern_problem(pattern: str) -> str | None:
    """Why `pattern` cannot be used, as a sentence; None when it can."""
    if not 1 <= len(pattern) <= MAX_PATTERN:
        return f"a pattern must have 1 to {MAX_PATTERN} characters"
    if any(ord(c) < 32 or ord(c) == 127 for c in pattern):
        return "a pattern must not hold control characters"
    return None
