"""Messages as frames: four bytes of length, four bytes of CRC-32, then the text in UTF-8. Numbers are big-endian."""

import struct
import zlib

HEAD = struct.Struct(">II")
LONGEST = 1 << 16


class BrokenFrame(Exception):
    """What came over the wire is not what was sent."""


def encode(text):
    """One frame."""
    body = text.encode("utf-8")
    if len(body) > LONGEST:
        raise ValueError(f"a frame holds {LONGEST} bytes, not {len(body)}")
    return HEAD.pack(len(body), zlib.crc32(body)) + body


def decode(stream):
    """The texts of all whole frames of `stream` (bytes), and the rest that is not whole yet. Raises BrokenFrame."""
    texts = []
    while len(stream) >= HEAD.size:
        length, checksum = HEAD.unpack_from(stream)
        if length > LONGEST:
            raise BrokenFrame(f"a frame says that it has {length} bytes")
        end = HEAD.size + length
        if len(stream) < end:
            break
        body, stream = stream[HEAD.size : end], stream[end:]
        if zlib.crc32(body) != checksum:
            raise BrokenFrame("the checksum does not fit")
        texts.append(body.decode("utf-8"))
    return texts, stream
