"""The command line of the app."""

import argparse
import importlib
import json
import pkgutil
import sys

MISSING_PART = 3


def parser():
    """What may be asked for."""
    asked = argparse.ArgumentParser(prog="app", description="Greets people, on a card or over a wire.")
    commands = asked.add_subparsers(dest="command", required=True, metavar="COMMAND")
    card = commands.add_parser("card", help="draw a card that greets somebody (needs ui)")
    card.add_argument("name", nargs="?", default="World", help="who is greeted")
    card.add_argument("--style", choices=["plain", "round", "double"], default="round", help="the frame of the card")
    send = commands.add_parser("send", help="send names over a wire and print the answers (needs net)")
    send.add_argument("names", nargs="+", help="who is greeted")
    commands.add_parser("about", help="say what this app was built from, as JSON")
    return asked


def part(name):
    """A module of another project; without it the app says so and ends with 3."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as e:
        print(f"app: this app was built without {(e.name or name).split('.')[0]}", file=sys.stderr)
        raise SystemExit(MISSING_PART) from None


def about():
    """What went into this app."""
    found = pkgutil.get_data("app", "parts.json")
    return json.loads(found) if found else {}


def main(arguments=None):
    """Runs one command."""
    asked = parser().parse_args(arguments)
    if asked.command == "card":
        print("\n".join(part("ui.card").card(asked.name, style=asked.style)))
    elif asked.command == "send":
        print("\n".join(part("net.service").ask(asked.names)))
    else:
        print(json.dumps(about(), indent=2, sort_keys=True))
