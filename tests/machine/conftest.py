"""The closing line: how many examples were run."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The sum over all shards, of those that came to their end without a difference."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    counts = [count for report in reports for name, count in report.user_properties if name == "examples"]
    if counts:
        terminalreporter.write_line(f"state machine: {sum(counts)} examples, model and service agreed after every step")
