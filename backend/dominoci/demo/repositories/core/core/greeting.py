"""How people are greeted."""

GREETING = "Hello"


def greet(name):
    """One line that greets `name`; nobody in particular is the world."""
    return f"{GREETING}, {name.strip() or 'World'}!"


def greet_all(names):
    """One line for several people; nobody is greeted twice."""
    unique = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(unique) < 2:
        return greet("".join(unique))
    return greet(f"{', '.join(unique[:-1])} and {unique[-1]}")
