"""What copies of jobs are called."""

from hypothesis import example, given
from hypothesis import strategies as st

from dominoci.domain.copies import of_branch, of_pull
from dominoci.domain.names import MAX_LENGTH, name_problem

JOBS = st.text("abcXYZ019._-", min_size=1, max_size=MAX_LENGTH).filter(lambda name: name_problem(name) is None)
BRANCHES = st.text(min_size=1, max_size=250)


def first(job: str, branch: str) -> str:
    """The name that is tried first."""
    return next(of_branch(job, branch))


@given(job=JOBS, branch=BRANCHES, number=st.integers(1, 10**9))
@example(job="j" * MAX_LENGTH, branch="b" * 200, number=25)
@example(job="web", branch="logo.svg", number=1)
@example(job="web", branch="ä", number=1)
def test_every_name_can_be_used_and_no_branch_is_called_like_a_pull_request(job: str, branch: str, number: int) -> None:
    names = [*of_branch(job, branch), *of_pull(job, number)]
    assert [name_problem(name) for name in names if name_problem(name)] == []
    assert len(set(of_branch(job, branch))) == len(list(of_branch(job, branch))) > 1
    assert next(of_pull(job, number)) not in set(of_branch(job, branch))


@given(job=JOBS, one=BRANCHES, other=BRANCHES)
@example(job="web", one="feature/a", other="feature-a")
@example(job="web", one="a b", other="a/b")
def test_two_branches_are_called_otherwise(job: str, one: str, other: str) -> None:
    assert (first(job, one) == first(job, other)) == (one == other)


def test_what_can_stand_in_a_name_stands_there_as_it_is() -> None:
    assert [first("web", branch) for branch in ("main", "release-1.2", "v2_end")] == ["web_main", "web_release-1.2", "web_v2_end"]
    assert next(of_pull("web", 25)) == "web_pr25"
    for reserved in ("pr25", "PR25", "recent", "12", "feature/login", "logo.svg"):
        assert first("web", reserved).rpartition("-")[2].isalnum()
        assert len(first("web", reserved).rpartition("-")[2]) == 6
