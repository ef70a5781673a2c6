"""One round of the clocks of this room: each asks the database what is due, and may run twice, at once, or late."""

from initiatives.decisions.models import Round
from initiatives.decisions.models.wanted import ask_for_papers


def ring() -> dict[str, int]:
    """Let every clock do what is due. Returns what it came to."""
    return {"rounds_closed": sum(one.turn() for one in Round.objects.running()), "papers_asked_for": ask_for_papers()}
