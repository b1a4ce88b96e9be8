"""Names and paths of folders and jobs."""

import pytest

from dominoci.domain.names import LONGEST_JOB, path_problem, place_problem


@pytest.mark.parametrize("path", ["a", "a/b", "0x/1.2-3_4", "Tools/hello.yml", "12a.lease", "/".join("abcdefghij")])
def test_what_may_be_a_path(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("", "1 to 100"),
        ("/a", "1 to 100"),
        ("a/", "1 to 100"),
        ("a//b", "1 to 100"),
        ("a/../b", "must begin with a letter"),
        (".a", "must begin with a letter"),
        ("a b", "must begin with a letter"),
        ("ä", "must begin with a letter"),
        ("a/12", "all digits"),
        ("a/12.lease1", "folder of a build"),
        ("builds/x", "addresses of jobs"),
        ("x/triggers", "addresses of jobs"),
        ("x" * 101, "1 to 100"),
        ("/".join("abcdefghijk"), "at most 10 names"),
        ("/".join(["x" * 99] * 6), "500 characters"),
    ],
)
def test_what_may_not(path: str, told: str) -> None:
    assert told in (path_problem(path) or "")


def test_the_name_of_a_copy_may_be_longer() -> None:
    assert place_problem("x" * LONGEST_JOB, LONGEST_JOB) is None
    assert place_problem("x" * (LONGEST_JOB + 1), LONGEST_JOB)
