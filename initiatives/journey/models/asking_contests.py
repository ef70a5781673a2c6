"""What a case waits for: each clock is an ask to the right people, and one to the steward who keeps the object meanwhile."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from initiatives.duties.models import Obligation
from initiatives.journey.models.contest_words import CaseState
from initiatives.organization.models import Department, User

if TYPE_CHECKING:
    from initiatives.journey.models.contests import Contest

ANSWER, PROVE, AGREE = "journey.answer_claim", "journey.give_evidence", "journey.agree_on_owner"
RULE, APPEAL, KEEP = "journey.rule_contest", "journey.appeal_ruling", "journey.keep_contested"


def ask(contest: "Contest", *, by: User | None) -> None:
    """Ask those for whom the case waits now, and nobody any longer for what it waited for before."""
    Obligation.objects.about(contest).open_now().excuse(None, contest, by=by, reason=f"{contest.get_state_display()}.")
    reference = contest.owned.reference
    match contest.state:
        case CaseState.CLAIMED:
            _ask_heads(contest, ANSWER, [contest.against], f"Say whether {reference} is yours", by)
        case CaseState.CONTESTED:
            _ask_heads(contest, PROVE, contest.sides(), f"Give evidence on {reference}", by)
        case CaseState.MEDIATION:
            _ask_heads(contest, AGREE, contest.sides(), f"Agree on who owns {reference}", by)
        case CaseState.RULING | CaseState.APPEALED:
            _ask(contest, RULE, contest.deciders(), f"Rule on {contest.reference}", by)
        case CaseState.RULED:
            lost = [side for side in contest.sides() if side.pk != contest.ruled_for_id]
            _ask_heads(contest, APPEAL, lost, f"Appeal {contest.reference} or leave it", by)
        case _:
            return
    ask_to_keep(contest, by=by)


def ask_to_keep(contest: "Contest", *, by: User | None) -> None:
    """Ask the steward of today, and nobody who was it before."""
    owned = contest.owned
    Obligation.objects.excuse(KEEP, contest, by=by, reason="Somebody else keeps it.")
    if owned.steward is not None:
        _ask(contest, KEEP, [owned.steward], f"Keep {owned.reference} while it is contested", by)


def _ask_heads(contest: "Contest", kind: str, departments: Iterable[Department], words: str, by: User | None) -> None:
    for department in departments:
        _ask(contest, kind, department.deciders(), words, by, department)


def _ask(
    contest: "Contest", kind: str, people: list[User], words: str, by: User | None, department: Department | None = None
) -> None:
    if contest.due_on is not None:
        Obligation.objects.open_for(
            people,
            kind,
            contest,
            due_on=contest.due_on,
            words=words,
            url=reverse("journey:contest", args=[contest.reference]),
            department=department,
            by=by,
        )


def was_done(kind: str, contest: "Contest", department: Department, *, by: User) -> None:
    """This department has answered. Who is asked once for several departments is asked until each of them has."""
    asked = [contest.against] if kind == ANSWER else contest.sides()
    for ask in Obligation.objects.open_now().about(contest).filter(kind=kind).select_related("person"):
        spoken_for = {side.pk for side in asked if ask.person in side.deciders()} | {ask.department_id}
        if department.pk in spoken_for and spoken_for <= {department.pk, *_spoke(kind, contest, ask.opened_at)}:
            Obligation.objects.filter(pk=ask.pk).meet(kind, contest, by=by)


def _spoke(kind: str, contest: "Contest", since: datetime) -> set[int]:
    """The departments that have answered what was asked then."""
    said: QuerySet[Any] = contest.evidence.all() if kind == PROVE else contest.claims.all()
    return set(said.filter(at__gt=since).values_list("department", flat=True))
