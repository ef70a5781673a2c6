"""Rules of contests: who sees the object reads its case; heads speak for their departments; who has no stake rules."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.models import Contest, OwnedObject
from initiatives.organization.models import User


@permission("journey.contest_owned")
def contest_owned(user: User, owned: OwnedObject) -> bool:
    """Heads and deputies, for their department."""
    return bool(user.standing.heads) and owned.seen_by(user)


@permission("journey.view_contest")
def view_contest(user: User, contest: Contest | None = None) -> bool:
    """Who sees what it is about."""
    return user.standing.anywhere if contest is None else contest.owned.seen_by(user)


@permission("journey.speak_in_contest")
def speak_in_contest(user: User, contest: Contest) -> bool:
    """Heads and deputies of any department: who has no stake yet may claim. What they may say, the acts decide."""
    return bool(user.standing.heads) and contest.owned.seen_by(user)


@permission("journey.rule_contest")
def rule_contest(user: User, contest: Contest) -> bool:
    """CXO and CEO, unless they belong to a department with a stake in it; whose turn it is, the act says."""
    interested = user.pk in {one.person.pk for one in contest.excluded()}
    return user.standing.holds("cxo", "ceo") and not interested and contest.owned.seen_by(user)


def contest_for(request: Request, ref: str, to: str = "view") -> Contest:
    """The case of this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    permissions = {"view": "view_contest", "speak": "speak_in_contest", "rule": "rule_contest"}
    seen = Contest.objects.visible_to(request.user).with_sides()
    return scoped(request, seen, f"journey.{permissions[to]}", reference=ref)


HEADS = "heads and deputies, for their department"

declare(
    Rule("journey:contests", "GET", "journey.view_contest", who="everybody with a role; of restricted objects, who sees them"),
    Rule("journey:contest_open", "GET POST", "journey.contest_owned", of="owned", who=HEADS),
    Rule("journey:contest", "GET", "journey.view_contest", of="contest", who="who sees what it is about"),
    Rule("journey:contest_claim", "POST", "journey.speak_in_contest", of="contest", who=HEADS),
    Rule("journey:contest_evidence", "POST", "journey.speak_in_contest", of="contest", who="heads of departments with a stake"),
    Rule("journey:contest_withdraw", "POST", "journey.speak_in_contest", of="contest", who="head of who opened it"),
    Rule("journey:contest_appeal", "POST", "journey.speak_in_contest", of="contest", who="heads of who did not get it"),
    Rule("journey:contest_rule", "POST", "journey.rule_contest", of="contest", who="CXO, else CEO; nobody with a stake in it"),
)
