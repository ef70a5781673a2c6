"""A charter among four departments, voted as a test says it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from initiatives.core import clock
from initiatives.journey.models import Ballot, CharterVersion
from initiatives.organization.models.roles import today
from tests.cast import Cast

CODES = ("OPS", "MKT", "HR", "SEC")
ITEMS = [("stage", "Plan the trip"), ("metric", "Rating of each touchpoint"), ("principle", "One owner for each touchpoint")]


@dataclass
class Charters:
    cast: Cast

    def draft(self, items: list[tuple[str, str]] = ITEMS) -> CharterVersion:
        for code in CODES:
            self.cast.head(code)
        CharterVersion.objects.draft().prepare(items, by=self.cast.cxo)
        return CharterVersion.objects.draft()

    def opened(self, items: list[tuple[str, str]] = ITEMS, days: int = 5) -> CharterVersion:
        draft = self.draft(items)
        draft.open(closes_on=today() + timedelta(days=days), by=self.cast.cxo)
        return draft

    def ballot(self, charter: CharterVersion, code: str) -> Ballot:
        return charter.ballots.select_related("version", "department").get(department__code=code)

    def vote(self, charter: CharterVersion, code: str, choices: str) -> None:
        """`choices` has one letter for each item: i in, o out, a abstain."""
        words = [{"i": "in", "o": "out", "a": "abstain"}[letter] for letter in choices]
        items = charter.items.order_by("position").values_list("pk", flat=True)
        self.ballot(charter, code).vote(dict(zip(items, words, strict=True)), by=self.cast.head(code))

    def ratified(self) -> CharterVersion:
        charter = self.opened()
        for code in CODES:
            self.vote(charter, code, "iii")
        charter.close(by=self.cast.cxo)
        return charter


def days_after(day: date, days: int) -> datetime:
    """Noon of a later day."""
    return clock.now() + timedelta(days=(day - today()).days + days)
