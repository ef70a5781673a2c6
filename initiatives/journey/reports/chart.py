"""A small line chart of shares by day, in numbers that a template can draw without computing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WEEK = 7


@dataclass(frozen=True)
class Point:
    """A mark on the line: where (percent of width and height), of which day, and its share."""

    x: str
    y: str
    day: date
    share: Decimal


@dataclass(frozen=True)
class Curve:
    """One line: its name, its stretches without holes as SVG points on a field of (days − 1) × 100, its weekly marks, its end."""

    key: str
    words: str
    stretches: list[str]
    marks: list[Point]

    @property
    def last(self) -> Point | None:
        return self.marks[-1] if self.marks else None


def curve(key: str, words: str, line: Sequence[tuple[date, Decimal | None]]) -> Curve:
    """Draw the shares of these days; a day without one leaves a hole."""
    stretches: list[list[str]] = [[]]
    marks = []
    for at, (day, share) in enumerate(line):
        if share is None:
            stretches.append([])
            continue
        stretches[-1].append(f"{at},{100 - 100 * share:.2f}")
        if (len(line) - 1 - at) % WEEK == 0:
            marks.append(Point(f"{100 * at / max(len(line) - 1, 1):.2f}%", f"{100 - 100 * share:.2f}%", day, share))
    return Curve(key, words, [" ".join(points) for points in stretches if len(points) > 1], marks)
