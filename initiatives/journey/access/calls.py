"""Rules of open calls and of what nobody will own."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.models import Call, OwnedObject
from initiatives.journey.models.calls import may_call
from initiatives.organization.models import User


@permission("journey.view_call")
def view_call(user: User, call: Call | None = None) -> bool:
    """Everybody with a role who sees what it is about; they may also raise a hand and lower it."""
    return user.standing.anywhere if call is None else call.owned.seen_by(user)


@permission("journey.call_owned")
def call_owned(user: User, owned: OwnedObject) -> bool:
    """CXO, CEO, who keeps it, and who may ask any department to own it."""
    return may_call(user, owned) and owned.seen_by(user)


@permission("journey.view_owned")
def view_owned(user: User, owned: OwnedObject) -> bool:
    return owned.seen_by(user)


@permission("journey.assign_owned")
def assign_owned(user: User, owned: OwnedObject) -> bool:
    return user.standing.holds("ceo") and owned.seen_by(user)


@permission("journey.choose_call")
def choose_call(user: User, call: Call) -> bool:
    return user.standing.holds("cxo", "ceo") and call.owned.seen_by(user)


@permission("journey.close_call")
def close_call(user: User, call: Call) -> bool:
    return (user.pk == call.opened_by_id or user.standing.holds("cxo", "ceo")) and call.owned.seen_by(user)


def call_for(request: Request, number: int, to: str = "view") -> Call:
    """The call of this number, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    along = ("owned__department", "owned__person", "owned__steward", "opened_by")
    seen = Call.objects.visible_to(request.user).select_related(*along)
    return scoped(request, seen, f"journey.{to}_call", pk=number)


READERS = "who sees what it is about"

declare(
    Rule("journey:calls", "GET", "journey.view_call", who="everybody with a role; of restricted objects, who sees them"),
    Rule("journey:call_open", "GET POST", "journey.call_owned", of="owned", who="CXO, CEO, who keeps it or may ask departments"),
    Rule("journey:call", "GET", "journey.view_call", of="call", who=READERS),
    Rule("journey:call_raise", "POST", "journey.view_call", of="call", who=READERS),
    Rule("journey:call_lower", "POST", "journey.view_call", of="call", who=READERS),
    Rule("journey:call_choose", "POST", "journey.choose_call", of="call", who="CXO, CEO"),
    Rule("journey:call_close", "POST", "journey.close_call", of="call", who="who opened it, CXO, CEO"),
    Rule("journey:orphan", "GET", "journey.view_owned", of="owned", who=READERS),
    Rule("journey:orphan_assign", "POST", "journey.assign_owned", of="owned", who="CEO"),
)
