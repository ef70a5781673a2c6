"""The closed vocabularies of the portfolio: status, health, RACI letters."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import models

LONG_AGO = date(1950, 1, 1)  # the earliest day of an initiative: what a state builds may have begun before this century


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    ASSESSED = "assessed", "Assessed"
    PRIORITISED = "prioritised", "Prioritised"
    FUNDED = "funded", "Funded"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    REALISED = "realised", "Realised"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"


# The life of an initiative: every step that may be taken. The database refuses all others (trigger on Initiative).
STEPS: tuple[tuple[str, str], ...] = (
    (Status.DRAFT, Status.PROPOSED),
    (Status.PROPOSED, Status.ASSESSED),
    (Status.ASSESSED, Status.PRIORITISED),
    (Status.PRIORITISED, Status.FUNDED),
    (Status.FUNDED, Status.ACTIVE),
    (Status.ACTIVE, Status.COMPLETED),
    (Status.COMPLETED, Status.REALISED),
    (Status.ACTIVE, Status.PAUSED),
    (Status.PAUSED, Status.ACTIVE),
    (Status.PROPOSED, Status.DECLINED),
    (Status.ASSESSED, Status.DECLINED),
    (Status.PRIORITISED, Status.DECLINED),
    *((status, Status.CANCELLED) for status in ("draft", "proposed", "assessed", "prioritised", "funded", "active", "paused")),
)
CANDIDATES = (Status.PROPOSED, Status.ASSESSED, Status.PRIORITISED)
OVER = (Status.COMPLETED, Status.REALISED, Status.DECLINED, Status.CANCELLED)


class Health(models.TextChoices):
    GREEN = "green", "On track"
    AMBER = "amber", "At risk"
    RED = "red", "Off track"


HEALTH_ORDER = {Health.RED: 1, Health.AMBER: 2, Health.GREEN: 3, "": 4}


class Horizon(models.IntegerChoices):
    """When the work is to pay off: in what runs today, in what grows, in what may come."""

    RUN = 1, "1: what runs today"
    GROW = 2, "2: what grows"
    EXPLORE = 3, "3: what may come"


class Type(models.TextChoices):
    """What an initiative changes."""

    PROCESS = "process", "Process"
    POLICY = "policy", "Policy"
    IT = "it", "IT"
    CONTENT = "content", "Content"
    PEOPLE = "people", "People"


class Letter(models.TextChoices):
    RESPONSIBLE = "R", "Responsible"
    ACCOUNTABLE = "A", "Accountable"
    CONSULTED = "C", "Consulted"
    INFORMED = "I", "Informed"


class State(models.TextChoices):
    PROPOSED = "proposed", "Proposed"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Ended"


def stale_after(reported_on: date, cadence_days: int) -> date:
    """The first day on which a report of `reported_on` is too old to be believed: more than 1.5 × the cadence later."""
    return reported_on + timedelta(days=cadence_days * 3 // 2 + 1)


def health_shown(health: str, stale_on: date | None, today: date) -> tuple[str, str]:
    """What a reader is told of the last report: (key, words). Nothing reported is unknown; green expires.

    key is "green", "amber", "red", "stale" or "unknown"; an old red stays worth knowing, so the words keep what it was.
    """
    if not health:
        return "unknown", "No report"
    if stale_on is not None and stale_on <= today:
        return "stale", f"Stale, was {health}"
    return health, str(Health(health).label)


def rank_among(rank: int, hidden: Sequence[int]) -> int:
    """The rank as a reader sees it from whom the ranks `hidden` (in order) are hidden: one place up for each before it."""
    return rank - bisect_left(hidden, rank)
