"""The command line, without the parts it calls."""

import contextlib
import io
import unittest

from app import cli


class CommandLine(unittest.TestCase):
    """What may be asked for, and what is answered when it cannot be done."""

    def test_a_card_greets_the_world_unless_told_otherwise(self):
        self.assertEqual(cli.parser().parse_args(["card"]).name, "World")

    def test_every_command_explains_itself(self):
        for command in ("card", "send", "about"):
            self.assertIn(command, cli.parser().format_help())

    def test_a_missing_part_is_named(self):
        said = io.StringIO()
        with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as end:
            cli.part("no_such_part.module")
        self.assertEqual(end.exception.code, cli.MISSING_PART)
        self.assertIn("built without no_such_part", said.getvalue())
