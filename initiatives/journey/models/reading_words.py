"""The closed vocabularies of readings, and how a scale is written."""

from decimal import Decimal

from django.db import models

LEAST_DAYS = 28  # of a count of contacts: a single mailing is not multiplied to thirty days
MOST_N = 999_999_999
MOST_ON_SCALE = 1_000


class ReadingKind(models.TextChoices):
    """What was read at a touchpoint."""

    RATING = "rating", "Rating"
    CONTACTS = "contacts", "Outbound contacts"


class Limit(models.TextChoices):
    """Which of the CXO's limits a reading passes."""

    CAP = "cap", "Above the cap of contacts"
    FLOOR = "floor", "Moment of truth below the floor"


def on_scale(value: Decimal, low: int, high: int) -> Decimal:
    """Where a rating lies on its scale: 0 at its lowest, 1 at its highest."""
    return (value - low) / (high - low)
