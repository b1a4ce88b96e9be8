"""How text is set."""

import random
import unittest

from core import layout

TEXT = "a row of dominoes stands on the table until the first of them falls and takes all the others with it"
WORDS = TEXT.split()


class Wrapping(unittest.TestCase):
    """Lines of a width."""

    def test_a_short_text_is_one_line(self):
        self.assertEqual(layout.wrap("the first domino", 40), ["the first domino"])

    def test_a_word_that_is_too_long_is_broken(self):
        self.assertEqual(layout.wrap("dominoes", 3), ["dom", "ino", "es"])

    def test_no_text_has_no_lines(self):
        self.assertEqual(layout.wrap(" \n ", 10), [])

    def test_no_line_is_ever_longer_than_asked(self):
        chance = random.Random(7)
        for _ in range(4000):
            width = chance.randint(1, 30)
            lines = layout.wrap(" ".join(chance.choices(WORDS, k=40)), width)
            self.assertLessEqual(max(map(len, lines)), width)

    def test_no_letter_is_ever_lost(self):
        chance = random.Random(11)
        for _ in range(4000):
            text = " ".join(chance.choices(WORDS, k=40))
            self.assertEqual("".join(layout.wrap(text, chance.randint(1, 30))).replace(" ", ""), text.replace(" ", ""))


class Columns(unittest.TestCase):
    """Cells side by side."""

    def test_columns_stand_straight(self):
        self.assertEqual(layout.columns([["net", "green"], ["nightly", "grey"]]), ["net      green", "nightly  grey"])

    def test_a_short_row_ends_early(self):
        self.assertEqual(layout.columns([["a"], ["bb", "c"]]), ["a", "bb  c"])
