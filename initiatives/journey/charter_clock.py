"""What the passing of time does to a vote on the charter."""

from initiatives.journey.models import Ballot, CharterVersion


def turn() -> int:
    """Count the vote whose last day is over; as long as one runs, ask who answers for each department today."""
    over = [charter for charter in CharterVersion.objects.in_voting() if charter.obstacle_to_close() is None]
    for charter in over:
        charter.close(by=None)
    for ballot in Ballot.objects.waiting().select_related("version", "department").order_by("pk"):
        ballot.ask(by=None)
    return len(over)
