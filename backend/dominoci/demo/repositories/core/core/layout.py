"""Sets plain text: lines of a width, columns side by side."""


def wrap(text, width):
    """The lines of `text`, none longer than `width` characters; a longer word is broken."""
    if width < 1:
        raise ValueError(f"a line needs room for a character, not {width}")
    lines, line = [], ""
    for word in pieces(text.split(), width):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def pieces(words, width):
    """The words, and the parts of those that are too long for a line."""
    for word in words:
        for start in range(0, len(word), width):
            yield word[start : start + width]


def columns(rows, gap=2):
    """Rows of cells as lines in which the columns stand straight."""
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows), default=0))]
    return [(" " * gap).join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
