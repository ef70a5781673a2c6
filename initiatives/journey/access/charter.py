"""Rules of the charter: everybody with a role reads it, the CXO prepares it, departments vote, the CEO may waive it."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.journey.models import Ballot, CharterVersion
from initiatives.organization.models import User


@permission("journey.view_charter")
def view_charter(user: User, charter: CharterVersion | None = None) -> bool:
    """Every active person with a role."""
    return user.standing.anywhere


@permission("journey.prepare_charter")
def prepare_charter(user: User) -> bool:
    return user.standing.holds("cxo")


@permission("journey.waive_charter")
def waive_charter(user: User) -> bool:
    return user.standing.holds("ceo")


@permission("journey.vote_charter")
def vote_charter(user: User, ballot: Ballot) -> bool:
    """Head and deputies of the department, for it."""
    return ballot.may_vote(user)


def charter_for(request: Request, number: int) -> CharterVersion:
    """The version of this number, as long as it was put to the vote."""
    seen = CharterVersion.objects.visible_to(request.user).voted_on().select_related("opened_by")
    return scoped(request, seen, "journey.view_charter", number=number)


def ballot_for(request: Request, number: int, department: int) -> Ballot:
    """The ballot of this department on this version, for somebody who votes for it."""
    seen = Ballot.objects.visible_to(request.user).select_related("version", "department")
    return scoped(request, seen, "journey.vote_charter", version__number=number, department=department)


EVERYBODY = "everybody with a role"
VOTERS = "head and deputies of the department; of one that has neither, those of the nearest above"

declare(
    Rule("journey:charter", "GET", "journey.view_charter", who=EVERYBODY),
    Rule("journey:charter_version", "GET", "journey.view_charter", of="charter", who=EVERYBODY),
    Rule("journey:charter_vote", "GET POST", "journey.vote_charter", of="ballot", who=VOTERS),
    Rule("journey:charter_prepare", "GET POST", "journey.prepare_charter", who="CXO"),
    Rule("journey:charter_open", "POST", "journey.prepare_charter", who="CXO"),
    Rule("journey:charter_close", "POST", "journey.prepare_charter", who="CXO"),
    Rule("journey:charter_waive", "POST", "journey.waive_charter", who="CEO"),
    Rule("journey:charter_waiver_end", "POST", "journey.waive_charter", who="CEO"),
)
