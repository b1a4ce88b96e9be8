"""How people are greeted."""

import unittest

from core import greeting


class Greeting(unittest.TestCase):
    """One person, several, nobody."""

    def test_a_person_is_greeted_by_name(self):
        self.assertEqual(greeting.greet("Ada"), f"{greeting.GREETING}, Ada!")

    def test_nobody_in_particular_is_the_world(self):
        self.assertEqual(greeting.greet("  "), greeting.greet("World"))

    def test_several_people_are_greeted_in_one_line(self):
        self.assertEqual(greeting.greet_all(["Ada", "Grace", "Edsger"]), greeting.greet("Ada, Grace and Edsger"))

    def test_nobody_is_greeted_twice(self):
        self.assertEqual(greeting.greet_all(["Ada", "Ada"]), greeting.greet("Ada"))

    def test_a_greeting_is_a_single_word(self):
        self.assertTrue(greeting.GREETING.isalpha())
