"""What heads would give: of a round, and beside the candidates of the ranking. Every sum is of what the reader may see.

Nothing is added up over all candidates: such a sum would say how much went to those that are hidden from the reader.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum

from initiatives.core.models import Event
from initiatives.decisions.models import Portion, Round, RoundBallot, RoundCandidate, RoundState
from initiatives.journey.models.charter_votes import answers_for
from initiatives.organization.models import User

NONE = Decimal("0.00")


@dataclass(frozen=True)
class Wish:
    """What heads gave to one candidate: those of other departments, and the one whose department leads it."""

    candidate: RoundCandidate
    others: Decimal = NONE
    own: Decimal = NONE
    ballots: int = 0  # that gave something


def wishes(user: User, of: Round) -> list[Wish]:
    """Of each candidate that `user` may see, most wished for by others first: 2 queries."""
    seen = of.candidates.visible_to(user).select_related("initiative", "lead_department").in_order()
    own = Q(ballot__department=F("candidate__lead_department"))
    sums = Portion.objects.filter(candidate__in=seen.values("pk")).values("candidate").order_by()
    found = {
        row["candidate"]: (row["others"] or NONE, row["own"] or NONE, row["ballots"])
        for row in sums.annotate(
            others=Sum("amount", filter=~own), own=Sum("amount", filter=own), ballots=Count("ballot", distinct=True)
        )
    }
    given = [Wish(candidate, *found.get(candidate.pk, ())) for candidate in seen]
    return sorted(given, key=lambda wish: (-wish.others, wish.candidate.position))


def wished(user: User) -> dict[str, Any]:
    """The last round that was closed and its wishes by initiative, for pages that list candidates: at most 3 queries."""
    last = Round.objects.visible_to(user).closed().newest_first().first()
    return {"round": last, "wishes": {wish.candidate.initiative_id: wish for wish in wishes(user, last)} if last else {}}


def rounds(user: User) -> dict[str, Any]:
    """All rounds, the newest first, and whether another can be opened: 2 queries."""
    cast = Count("ballots", filter=~Q(ballots__cast_at=None))
    listed = Round.objects.visible_to(user).annotate(departments=Count("ballots"), cast=cast).select_related("opened_by")
    return {"rounds": list(listed.newest_first()), "obstacle": Round.objects.all().obstacle_to_open(user)}


def one(user: User, chosen: Round) -> dict[str, Any]:
    """A round: who divided, and, once it is closed, what came of it."""
    ballots = list(
        RoundBallot.objects.visible_to(user).filter(round=chosen).select_related("department").order_by("department__code")
    )
    mine = answers_for(user) if chosen.state == RoundState.OPEN else set()
    for ballot in ballots:
        ballot.round = chosen
    return {
        "round": chosen,
        "wishes": wishes(user, chosen) if chosen.state == RoundState.CLOSED else [],
        "candidates": _candidates(user, chosen) if chosen.state == RoundState.OPEN else [],
        "ballots": len(ballots),
        "cast": sum(ballot.cast_at is not None for ballot in ballots),
        "missing": [ballot.department for ballot in ballots if ballot.cast_at is None],
        "mine": [ballot for ballot in ballots if ballot.department_id in mine and not ballot.obstacle_to_divide()],
        "obstacle_to_close": chosen.obstacle_to_close(user),
        "some_hidden": not user.standing.sees_everything,
        "events": Event.objects.about(chosen).newest_first(),
    }


def _candidates(user: User, chosen: Round) -> list[RoundCandidate]:
    return list(chosen.candidates.visible_to(user).select_related("initiative", "lead_department").in_order())
