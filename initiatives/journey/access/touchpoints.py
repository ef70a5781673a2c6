"""Rules of the touchpoints' pages."""

from initiatives.core.policy import Rule, declare, permission
from initiatives.journey.access.seeing import READERS
from initiatives.organization.models import User


@permission("journey.export_touchpoints")
def export_touchpoints(user: User) -> bool:
    """Everybody who sees the list, except who is an administrator and nothing else."""
    return user.standing.takes_part


EXPORTERS = "who sees the list, not the administrator; restricted ones, their heads and who sees everything"

declare(
    Rule("journey:touchpoints", "GET", "journey.view_map", who=READERS),
    Rule("journey:export_touchpoints", "GET", "journey.export_touchpoints", who=EXPORTERS, export=True),
    Rule("journey:touchpoint", "GET", "journey.view_map", of="touchpoint", who=READERS),
)
