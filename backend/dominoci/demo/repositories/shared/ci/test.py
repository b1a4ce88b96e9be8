"""Runs the unit tests of a folder, one line a test: python3 ci/test.py FOLDER [--needs UPSTREAM].

With --needs the folder is left out when this build was not given that upstream's archive.
"""

import argparse
import sys
import time
import unittest
from pathlib import Path

import terminal


class Lines(unittest.TestResult):
    """Prints each test as a sentence, with the time it took."""

    def startTest(self, test):
        """Remembers when the test began."""
        super().startTest(test)
        self.began = time.perf_counter()

    def addSuccess(self, test):
        """A test held."""
        super().addSuccess(test)
        took = (time.perf_counter() - self.began) * 1000
        terminal.good(f"{sentence(test)} {terminal.DIM}({took:.0f} ms){terminal.PLAIN}")

    def addFailure(self, test, err):
        """A test did not hold."""
        super().addFailure(test, err)
        terminal.bad(sentence(test))

    def addError(self, test, err):
        """A test broke."""
        super().addError(test, err)
        terminal.bad(sentence(test))


def sentence(test):
    """`test_a_card_is_framed` as "a card is framed"."""
    return test.id().rsplit(".", 1)[-1].replace("test_", "", 1).replace("_", " ")


def main():
    """0 when every test held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--needs")
    wanted = parser.parse_args()
    terminal.step(f"tests in {wanted.folder}")
    if wanted.needs and not Path("upstream", wanted.needs).is_dir():
        terminal.note(f"left out: this build was not given {wanted.needs}")
        return 0
    sys.path[:0] = [".", *(str(p) for p in Path("upstream").glob("*") if p.is_dir())]
    result = Lines()
    unittest.defaultTestLoader.discover(wanted.folder, top_level_dir=wanted.folder).run(result)
    for _, trace in (*result.failures, *result.errors):
        print(f"\n{terminal.RED}{trace}{terminal.PLAIN}")
    held = result.testsRun - len(result.failures) - len(result.errors)
    terminal.detail(f"{held} of {result.testsRun} held")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
