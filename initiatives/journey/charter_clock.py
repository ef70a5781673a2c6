"""What the passing of time does to a vote on the charter."""

from initiatives.journey.models import CharterVersion


def turn() -> int:
    """Count the vote whose last day is over."""
    return sum(charter.turn() for charter in CharterVersion.objects.in_voting())
