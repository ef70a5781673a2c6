"""Who may approve how much: the limits that hold, that wait for the CXO, and that are over."""

from dataclasses import dataclass

from initiatives.funding.models import ApprovalLimit, LimitState
from initiatives.organization.models import User

MOST_FORMER = 50  # that are over or were declined


@dataclass
class AuthorityPage:
    limits: list[ApprovalLimit]
    waiting: list[tuple[ApprovalLimit, str | None]]  # with what keeps the reader from confirming
    former: list[ApprovalLimit]
    decides: bool  # whether the reader confirms limits


def authority_page(user: User) -> AuthorityPage:
    limits = ApprovalLimit.objects.visible_to(user).with_people()
    waiting = [(limit, limit.obstacle_to_confirm(user)) for limit in limits.waiting()]
    holding = list(limits.not_over())
    rest = limits.exclude(state=LimitState.PROPOSED).exclude(pk__in=[limit.pk for limit in holding])
    decides = any(limit.obstacle_to_decide(user) is None for limit, _ in waiting)
    return AuthorityPage(holding, waiting, list(rest.order_by("-decided_at")[:MOST_FORMER]), decides)
