"""Reports: the digest says whether two are the same, and the stored form loses nothing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dominoci.domain.reports import Artifact, Links, Metadata, Report, as_json, report_from_json
from dominoci.domain.states import ResultStatus

TEXT = st.none() | st.text(max_size=6)
ARTIFACTS = st.builds(Artifact, st.text(max_size=6), TEXT, TEXT, TEXT, st.none() | st.integers(0, 9))
REPORTS = st.builds(
    Report,
    st.sampled_from(ResultStatus),
    st.builds(Metadata, TEXT, TEXT, TEXT, TEXT, TEXT),
    st.builds(Links, TEXT, TEXT, TEXT),
    st.lists(ARTIFACTS, max_size=2).map(tuple),
)


@given(REPORTS)
def test_the_stored_form_gives_the_same_report_back(told: Report) -> None:
    back = report_from_json(told.status.value, as_json(told.metadata), as_json(told.links), as_json(told.artifacts))
    assert back == told
    assert back.digest() == told.digest()


@given(REPORTS, REPORTS)
def test_two_reports_are_the_same_if_and_only_if_their_digests_are(one: Report, other: Report) -> None:
    assert (one == other) == (one.digest() == other.digest())


def test_a_digest_is_that_of_earlier_versions() -> None:
    told = Report(ResultStatus.SUCCESS, Metadata(branch="main"))
    assert told.digest() == "a4d935c21c85ad09a61625384bd3ac0f541c5395284b9bd3dfa81586e9d44df2"


def test_every_part_counts() -> None:
    told = Report(ResultStatus.SUCCESS, Metadata(branch="main"), Links(), (Artifact("a"),))
    others = [
        replace(told, status=ResultStatus.FAILED),
        replace(told, metadata=Metadata(tag="main")),
        replace(told, links=Links(pipeline="main")),
        replace(told, artifacts=()),
        replace(told, artifacts=(Artifact("a"), Artifact("a"))),
    ]
    assert len({report.digest() for report in (told, *others)}) == 6
