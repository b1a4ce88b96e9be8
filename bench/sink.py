"""A CI system that takes everything and does nothing, as webhook target, Jenkins, GitLab or GitHub: `python -m bench.sink
PORT`. One thread, many connections."""

import selectors
import socket
import sys
from dataclasses import dataclass

from bench.web import HOST


def _answer(status: str, body: bytes, header: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{header}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


# by what the address ends with (design/ci-systems.md)
ANSWERS = {
    b"/buildWithParameters": _answer("201 Created", b"", "Location: /queue/item/1/\r\n"),
    b"/trigger/pipeline": _answer("201 Created", b'{"id":1,"iid":1,"project_id":1,"ref":"main","status":"created"}'),
    b"/dispatches": _answer("200 OK", b'{"workflow_run_id":1,"run_url":"http://sink/1","html_url":"http://sink/1"}'),
    b"": _answer("202 Accepted", b"{}"),
}


@dataclass
class _Caller:
    """One connection and what has come of its next request."""

    socket: socket.socket
    received: bytes = b""

    def take(self) -> bool:
        """Reads, and answers every complete request; False at the end."""
        try:
            chunk = self.socket.recv(65536)
        except OSError:
            return False
        self.received += chunk
        while (size := _request_size(self.received)) and len(self.received) >= size:
            path = self.received.split(b" ", 2)[1]
            self.received = self.received[size:]
            self.socket.sendall(next(answer for end, answer in ANSWERS.items() if path.endswith(end)))
        return bool(chunk)


def _request_size(received: bytes) -> int:
    """How long the first request is, with its body; 0 when its head is not complete."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    head = received[:end].lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return end + 4 + length


def main() -> None:
    """Serves until it is killed."""
    door = socket.create_server((HOST, int(sys.argv[1])), backlog=512)
    selector = selectors.DefaultSelector()
    selector.register(door, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                connection, _ = door.accept()
                selector.register(connection, selectors.EVENT_READ, _Caller(connection))
            elif not key.data.take():
                selector.unregister(key.data.socket)
                key.data.socket.close()


if __name__ == "__main__":
    main()
