"""Frames around lines of text."""

STYLES = {"plain": "++++-|", "round": "╭╮╰╯─│", "double": "╔╗╚╝═║"}


def frame(lines, style="round"):
    """The lines with a frame around them, all of one width."""
    top_left, top_right, bottom_left, bottom_right, across, down = STYLES[style]
    width = max(map(len, lines), default=0)
    return [
        top_left + across * (width + 2) + top_right,
        *(f"{down} {line.ljust(width)} {down}" for line in lines),
        bottom_left + across * (width + 2) + bottom_right,
    ]
