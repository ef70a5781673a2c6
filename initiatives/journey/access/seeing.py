"""Who may know of what: a permission on something that one may not see is refused, whatever else one is."""

from django.db.models import QuerySet

from initiatives.core.pages import Request
from initiatives.core.policy import permission, scoped
from initiatives.journey.models import Ownable, Touchpoint
from initiatives.organization.models import User

READERS = "everybody with a role; restricted ones, their insiders and who sees everything"


@permission("journey.view_map")
def view_map(user: User, thing: Ownable | None = None) -> bool:
    """Every active person with a role; what is restricted, its insiders and who sees everything."""
    return user.standing.anywhere if thing is None else thing.owned.seen_by(user)


def touchpoint_for(request: Request, ref: str, to: str = "view_map") -> Touchpoint:
    """The touchpoint of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    along = ("owned__department", "owned__person", "owned__steward", "stage__owned__department", "channel", "parent")
    seen: QuerySet[Touchpoint] = Touchpoint.objects.visible_to(request.user).select_related(*along)
    return scoped(request, seen, f"journey.{to}", reference=ref)
