"""Cards, with the core of this tree."""

import unittest

from ui.card import card

APPROVED = """\
╭───────────────╮
│ Hello, World! │
╰───────────────╯"""


class Card(unittest.TestCase):
    """What people see."""

    def test_a_card_looks_as_it_was_approved(self):
        self.assertEqual("\n".join(card("World")), APPROVED)

    def test_a_long_name_takes_more_lines(self):
        self.assertGreater(len(card("Ada, Countess of Lovelace")), 3)

    def test_cards_of_any_width_are_straight(self):
        for width in range(1, 400):
            self.assertEqual(len({len(line) for line in card("World and everybody in it " * 8, width)}), 1)
