"""Frames, without anything else."""

import random
import unittest

from net import frames


class Frames(unittest.TestCase):
    """What goes in comes out, and nothing else does."""

    def test_a_text_comes_back_as_it_was(self):
        self.assertEqual(frames.decode(frames.encode("Grüße")), (["Grüße"], b""))

    def test_half_a_frame_waits_for_the_rest(self):
        frame = frames.encode("domino")
        self.assertEqual(frames.decode(frame[:-1]), ([], frame[:-1]))

    def test_a_changed_byte_is_found(self):
        frame = bytearray(frames.encode("domino"))
        frame[-1] ^= 1
        with self.assertRaises(frames.BrokenFrame):
            frames.decode(bytes(frame))

    def test_frames_survive_being_cut_anywhere(self):
        chance = random.Random(3)
        for _ in range(1500):
            texts = ["x" * chance.randint(0, 40) for _ in range(10)]
            stream, rest, got = b"".join(map(frames.encode, texts)), b"", []
            while stream:
                size = chance.randint(1, 60)
                some, rest = frames.decode(rest + stream[:size])
                stream = stream[size:]
                got += some
            self.assertEqual(got, texts)
