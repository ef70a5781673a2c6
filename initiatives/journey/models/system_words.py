"""The closed vocabularies of systems: their life, what a system does with an entity's data, which way data flows."""

from fractions import Fraction

from django.db import models


class Lifecycle(models.TextChoices):
    PLANNED = "planned", "Planned"
    IN_USE = "in_use", "In use"
    TO_BE_REPLACED = "replace", "To be replaced"
    RETIRED = "retired", "Retired"


RUNNING = (Lifecycle.IN_USE, Lifecycle.TO_BE_REPLACED)  # holds customers' data today


class Course(models.TextChoices):
    """What the company intends with a system."""

    INVEST = "invest", "Invest"
    SUSTAIN = "sustain", "Sustain"
    MIGRATE = "migrate", "Migrate"
    RETIRE = "retire", "Retire"


class DataRole(models.TextChoices):
    """What a system does with the data of an entity."""

    CAPTURE = "capture", "Capture"  # the data enter the company here
    RECORD = "record", "System of record"  # what stands here is right
    REPLICA = "replica", "Replica"  # a copy
    DERIVED = "derived", "Derived"  # computed from it


class Direction(models.TextChoices):
    ONE_WAY = "one_way", "One way"
    BOTH_WAYS = "both_ways", "Both ways"


EVERYWHERE = ""  # the region of a cell that counts wherever no other one is named

# What every company knows about its customers: title, description, and whether whoever serves the customer next needs it.
STANDARD_ENTITIES = (
    ("Identity", "Who the customer is: name, number, account.", True),
    ("Contact", "How to reach the customer: address, e-mail, phone.", True),
    ("Consent", "What the customer allowed, when and for what.", False),
    ("Order", "What the customer bought or reserved.", True),
    ("Interaction", "What was said and done at each contact.", True),
    ("Sentiment", "What the customer thought of it: survey answers, ratings, complaints.", False),
    ("Product usage", "How the customer uses what was bought.", False),
    ("Billing", "What the customer owes and has paid.", False),
    ("Device events", "What devices and sites report on their own.", False),
)


def interval(minutes: int) -> str:
    """How old data may be, in words: "at once", "15 min", "4 h", "2 days"."""
    if not minutes:
        return "at once"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 1440 or (minutes % 1440 and minutes < 2880):
        return f"{_short(Fraction(minutes, 60))} h"
    days = Fraction(minutes, 1440)
    return "1 day" if days == 1 else f"{_short(days)} days"


def _short(number: Fraction) -> str:
    return f"{float(number):.1f}".removesuffix(".0")
