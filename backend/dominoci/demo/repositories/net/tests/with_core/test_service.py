"""The service, with the core of this tree."""

import unittest

import core
from net import service


class Service(unittest.TestCase):
    """What core says comes over the wire."""

    def test_core_is_of_the_first_generation(self):
        self.assertEqual(core.VERSION.split(".")[0], "1")

    def test_the_answer_is_what_core_says(self):
        self.assertEqual(service.ask(["Ada"]), [core.greet("Ada")])

    def test_many_names_are_answered_in_their_order(self):
        names = [f"Guest {number}" for number in range(2000)]
        self.assertEqual(service.ask(names), [core.greet(name) for name in names])
