"""What stands above an owned object: from there ownership is shown as inherited, and its owners may say who is asked."""

from typing import TYPE_CHECKING

from initiatives.journey.models.words import Kind, State
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject


def above(owned: "OwnedObject") -> "list[OwnedObject]":
    """What a facet belongs to; of a touchpoint, the one of which it is a part, then the stage; nearest first."""
    if owned.kind == Kind.FACET:
        touchpoint = owned.facet.touchpoint
        return [touchpoint.owned, *above(touchpoint.owned)]
    if owned.kind != Kind.TOUCHPOINT:
        return []
    touchpoint = owned.touchpoint
    line = [touchpoint.parent.owned] if touchpoint.parent is not None else []
    return [*line, touchpoint.stage.owned]


def owns_above(user: User, owned: "OwnedObject") -> bool:
    """Whether this person answers for what stands above, or heads the department that does."""
    heads = user.standing.heads
    return any(one.person_id is not None and (one.person_id == user.pk or one.department_id in heads) for one in above(owned))


def inherited_from(owned: "OwnedObject", user: User) -> "OwnedObject | None":
    """What stands above and is owned, nearest first, when nobody owns the object itself: shown, and counted as nothing.

    None where this person may not know of it.
    """
    if owned.state == State.OWNED:
        return None
    return next((one for one in above(owned) if one.state == State.OWNED and one.seen_by(user)), None)
