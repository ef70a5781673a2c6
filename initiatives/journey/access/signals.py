"""Who may raise signals, support them, and decide about them."""

from initiatives.core.pages import Request
from initiatives.core.policy import MailRule, Rule, declare, permission, scoped
from initiatives.journey.models import Signal
from initiatives.organization.models import User

READERS = "everybody with a role; those on restricted touchpoints, who may see all of these"
TRIAGERS = "owner or steward of its touchpoint or stage, head and deputies of their departments; the CXO"
EXPORTERS = "who sees the list, not the administrator"


@permission("journey.raise_signal")
def raise_signal(user: User) -> bool:
    """Everybody with a role."""
    return user.standing.anywhere


@permission("journey.export_signals")
def export_signals(user: User) -> bool:
    """Everybody who sees the list, except who is an administrator and nothing else."""
    return user.standing.takes_part


@permission("journey.view_signal")
def view_signal(user: User, signal: Signal | None = None) -> bool:
    """Every active person with a role; on restricted touchpoints, who may see all of these."""
    return user.standing.anywhere if signal is None else signal.seen_by(user)


@permission("journey.triage_signal")
def triage_signal(user: User, signal: Signal) -> bool:
    """Who answers for its first touchpoint."""
    return signal.may_triage(user) and signal.seen_by(user)


ALONG = (
    "touchpoint__owned",
    "touchpoint__parent__owned",
    "touchpoint__stage__owned",
    "touchpoint__channel",
    "raised_by",
    "disposed_by",
    "problem",
    "duplicate_of",
)


def signal_for(request: Request, ref: str, to: str = "view") -> Signal:
    """The signal of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    seen = Signal.objects.visible_to(request.user).select_related(*ALONG)
    return scoped(request, seen, f"journey.{to}_signal", reference=ref)


declare(
    Rule("journey:signals", "GET", "journey.view_signal", who=READERS),
    Rule("journey:export_signals", "GET", "journey.export_signals", who=EXPORTERS, export=True),
    Rule("journey:raise_signal", "GET POST", "journey.raise_signal", who="everybody with a role, on touchpoints that they see"),
    Rule("journey:signal", "GET", "journey.view_signal", of="signal", who=READERS),
    Rule("journey:support", "POST", "journey.view_signal", of="signal", who=READERS),
    *(
        Rule(f"journey:{act}_signal", "POST", "journey.triage_signal", of="signal", who=TRIAGERS)
        for act in ("answer", "dismiss", "gather", "merge", "reopen")
    ),
    MailRule("outcomes", who="who raised a signal or said “me too”, while active and able to see it; never who decided"),
)
