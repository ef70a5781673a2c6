"""Who may approve how much: limits that hold, that wait for the CXO, and that are over; delegates of heads."""

from dataclasses import dataclass

from initiatives.funding.models import ApprovalLimit, Delegation, LimitState
from initiatives.funding.models.delegates import MOST_DAYS
from initiatives.organization.models import User

MOST_FORMER = 50  # that are over or were declined


@dataclass
class AuthorityPage:
    limits: list[ApprovalLimit]
    waiting: list[tuple[ApprovalLimit, str | None]]  # with what keeps the reader from confirming
    former: list[ApprovalLimit]
    decides: bool  # whether the reader confirms limits
    delegations: list[tuple[Delegation, str | None]]  # with what keeps the reader from ending it
    most_days: int = MOST_DAYS


def authority_page(user: User) -> AuthorityPage:
    limits = ApprovalLimit.objects.visible_to(user).with_people()
    waiting = [(limit, limit.obstacle_to_confirm(user)) for limit in limits.waiting()]
    holding = list(limits.not_over())
    rest = limits.exclude(state=LimitState.PROPOSED).exclude(pk__in=[limit.pk for limit in holding])
    decides = any(limit.obstacle_to_decide(user) is None for limit, _ in waiting)
    former = list(rest.order_by("-decided_at")[:MOST_FORMER])
    named = Delegation.objects.visible_to(user).not_over().with_people()
    return AuthorityPage(holding, waiting, former, decides, [(one, one.obstacle_to_end(user)) for one in named])
