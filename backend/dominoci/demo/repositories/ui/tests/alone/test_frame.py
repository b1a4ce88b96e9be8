"""Frames, without anything else."""

import unittest

from ui.frame import STYLES, frame


class Frame(unittest.TestCase):
    """Corners and straight sides."""

    def test_a_frame_fits_its_text(self):
        self.assertEqual(frame(["domino"], "plain"), ["+--------+", "| domino |", "+--------+"])

    def test_every_style_gives_lines_of_one_width(self):
        for style in STYLES:
            lines = frame(["first", "the second is longer", ""], style)
            self.assertEqual(len({len(line) for line in lines}), 1, style)

    def test_nothing_has_a_frame_too(self):
        self.assertEqual(frame([], "plain"), ["+--+", "+--+"])
