"""What stands above an owned object: from there ownership is shown as inherited, and its owners may say who is asked."""

from typing import TYPE_CHECKING

from initiatives.journey.models.words import Kind
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject


def above(owned: "OwnedObject") -> "list[OwnedObject]":
    """The parent touchpoint, if this is a part, then the stage; for what stands on no map, nothing."""
    if owned.kind != Kind.TOUCHPOINT:
        return []
    touchpoint = owned.touchpoint
    line = [touchpoint.parent.owned] if touchpoint.parent is not None else []
    return [*line, touchpoint.stage.owned]


def owns_above(user: User, owned: "OwnedObject") -> bool:
    """Whether this person answers for what stands above, or heads the department that does."""
    heads = user.standing.heads
    return any(one.person_id is not None and (one.person_id == user.pk or one.department_id in heads) for one in above(owned))
