"""What the passing of time does to a vote on the charter."""

from initiatives.journey.models import CharterVersion


def turn() -> int:
    """Count the vote whose last day is over."""
    over = [charter for charter in CharterVersion.objects.in_voting() if charter.obstacle_to_close() is None]
    for charter in over:
        charter.close(by=None)
    return len(over)
