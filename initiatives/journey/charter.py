"""What the rooms above ask about the charter."""

from initiatives.journey.models import CharterVersion, CharterWaiver, MapPolicy

NOT_RATIFIED = "The CX charter is not ratified yet; the CEO may waive this."


def obstacle_to_fund() -> str | None:
    """Say in one sentence why nobody may ask for money yet, or None.

    Only where the map's policy says that funding needs a charter. Asking waits; what was asked for before is decided and paid
    as if nothing were, since whoever decides it can see for themselves whether a charter is in force.
    """
    if not MapPolicy.objects.current().funding_needs_charter:
        return None
    if CharterVersion.objects.ratified() or CharterWaiver.objects.running().exists():
        return None
    return NOT_RATIFIED
