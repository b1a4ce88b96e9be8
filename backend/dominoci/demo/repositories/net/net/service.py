"""A service that is sent names in frames and answers with greetings in frames."""

import socket
import threading

from core import greet

from net import frames


def serve(connection):
    """Answers on one connection until the other side has said all."""
    rest = b""
    with connection:
        while received := connection.recv(4096):
            names, rest = frames.decode(rest + received)
            connection.sendall(b"".join(frames.encode(greet(name)) for name in names))


def ask(names):
    """The greetings that a service of its own gives for `names`, over a real socket."""
    here, there = socket.socketpair()
    thread = threading.Thread(target=serve, args=(there,))
    thread.start()
    with here:
        greetings, rest = [], b""
        for name in names:
            here.sendall(frames.encode(name))
            while not (answers := frames.decode(rest + here.recv(4096)))[0]:
                rest = answers[1]
            rest = answers[1]
            greetings += answers[0]
    thread.join()
    return greetings
