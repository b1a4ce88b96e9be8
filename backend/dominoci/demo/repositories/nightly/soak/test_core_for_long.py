"""Core under texts that nobody would write."""

import random
import unittest

import core

ROUNDS = 12
TEXTS = 2500
LETTERS = "abc  \t\näöü€𝄞-"


def texts(seed):
    """Random texts, always the same for a seed."""
    chance = random.Random(seed)
    for _ in range(TEXTS):
        yield "".join(chance.choices(LETTERS, k=chance.randint(0, 120))), chance.randint(1, 40)


class Soak(unittest.TestCase):
    """What must hold for any text."""


def add_round(seed):
    """One more test, over texts of its own."""

    def test(self):
        for text, width in texts(seed):
            lines = core.wrap(text, width)
            self.assertLessEqual(max(map(len, lines), default=0), width)
            self.assertEqual("".join("".join(lines).split()), "".join(text.split()))
            self.assertEqual(len(core.columns([[line, "|"] for line in lines] or [["", "|"]])), len(lines) or 1)

    setattr(Soak, f"test_{TEXTS}_texts_are_set_without_loss_round_{seed:02}", test)


for number in range(1, ROUNDS + 1):
    add_round(number)
