"""Who may see what was measured at a touchpoint, enter it and withdraw it."""

from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.rules import import_rules
from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.access.seeing import READERS
from initiatives.journey.imports.readings import Readings
from initiatives.journey.models import Reading, Touchpoint
from initiatives.journey.models.hanging import WHO_ANSWERS, answered_by, answers_for
from initiatives.organization.models import User

KEEPERS = "owner, steward, head and deputies of the touchpoint or its stage; the CXO"


@permission("journey.enter_reading")
def enter_reading(user: User, touchpoint: Touchpoint) -> bool:
    """Who answers for the touchpoint or its stage; the CXO."""
    return answers_for(user, touchpoint) and touchpoint.owned.seen_by(user)


@permission("journey.withdraw_reading")
def withdraw_reading(user: User, reading: Reading) -> bool:
    """The same, of the touchpoint at which it was read."""
    return enter_reading(user, reading.touchpoint)


@permission("journey.import_readings")
def import_readings(user: User) -> bool:
    """The CXO; who answers for a touchpoint, for what they answer for, asked of each row."""
    if user.standing.holds("cxo"):
        return True
    return bool(user.standing.belongs_to) and Touchpoint.objects.filter(answered_by(user, "")).exists()


@permission("journey.follow_reading_import")
def follow_reading_import(user: User, run: ImportRun | None = None) -> bool:
    """One's own imports; the CXO all of them."""
    return import_readings(user) and (run is None or run.seen_by(user))


def reading_for(request: Request, number: int) -> Reading:
    """The reading of this number, for who may withdraw it: unseen is 404, seen but forbidden 403."""
    seen = Reading.objects.visible_to(request.user).select_related(*(f"touchpoint__{name}" for name in WHO_ANSWERS))
    return scoped(request, seen, "journey.withdraw_reading", pk=number)


declare(
    Rule("journey:readings", "GET", "journey.view_map", who=READERS),
    Rule("journey:consistency", "GET", "journey.view_map", who=READERS),
    Rule("journey:enter_reading", "GET POST", "journey.enter_reading", of="touchpoint", who=KEEPERS),
    Rule("journey:withdraw_reading", "POST", "journey.withdraw_reading", of="reading", who=KEEPERS),
    *import_rules(Readings(), who="the CXO; who answers for a touchpoint", followers="who uploaded it; the CXO"),
)
