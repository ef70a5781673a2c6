"""A client that keeps its connections: how long one answer takes alone, and how many come a second from eight at once."""

import http.client
import statistics
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass
class Target:
    """One request that is asked again and again: the page or its floor."""

    name: str
    path: str
    cookies: str
    form: dict[str, str] | None = None
    token: str = ""
    alone: list[float] = field(default_factory=list)  # milliseconds of each answer on one connection
    together: list[float] = field(default_factory=list)  # answers a second on eight connections, of each window
    queries: int = 0
    weight: int = 0  # bytes over the wire, compressed

    def ask(self, connection: http.client.HTTPConnection) -> None:
        headers = {"Cookie": self.cookies, "Accept-Encoding": "gzip"}
        if self.form is None:
            connection.request("GET", self.path, headers=headers)
        else:
            body = urlencode(self.form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token}
            connection.request("POST", self.path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status not in ((200,) if self.form is None else (302, 303)):
            raise SystemExit(f"{self.name}: {self.path} answered {answer.status}")
        self.queries, self.weight = int(answer.headers["X-Queries"]), len(content)

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.alone)

    @property
    def a_second(self) -> float:
        return statistics.median(self.together)


def window_alone(target: Target, port: int, seconds: float) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        target.ask(connection)
        target.alone.append((time.perf_counter() - began) * 1000)
    connection.close()


def window_together(target: Target, port: int, seconds: float, connections: int = 8) -> None:
    done = [0] * connections
    end = time.monotonic() + seconds

    def client(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.monotonic() < end:
            target.ask(connection)
            done[place] += 1
        connection.close()

    clients = [threading.Thread(target=client, args=(place,)) for place in range(connections)]
    began = time.monotonic()
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    target.together.append(sum(done) / (time.monotonic() - began))
