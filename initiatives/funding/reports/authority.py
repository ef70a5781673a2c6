"""Who may approve how much: limits that hold, that wait for the CXO, and that are over; further steps; delegates."""

from dataclasses import dataclass

from initiatives.funding.models import ApprovalLimit, Delegation, LimitState, StepRule
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
    steps: list[StepRule]  # in force or from a later day on
    steps_waiting: list[tuple[StepRule, str | None]]
    former_steps: list[StepRule]
    decides_steps: bool
    user: User
    most_days: int = MOST_DAYS

    @property
    def acts(self) -> bool:
        """Whether the reader confirms a limit that waits, or may take one back."""
        return self.decides or any(limit.by_id == self.user.pk for limit, _ in self.waiting)

    @property
    def acts_on_steps(self) -> bool:
        return self.decides_steps or any(step.by_id == self.user.pk for step, _ in self.steps_waiting)


def authority_page(user: User) -> AuthorityPage:
    limits = ApprovalLimit.objects.visible_to(user).with_people()
    waiting = [(limit, limit.obstacle_to_confirm(user)) for limit in limits.waiting()]
    holding = list(limits.not_over())
    rest = limits.exclude(state=LimitState.PROPOSED).exclude(pk__in=[limit.pk for limit in holding])
    decides = any(limit.obstacle_to_decide(user) is None for limit, _ in waiting)
    former = list(rest.order_by("-decided_at")[:MOST_FORMER])
    named = Delegation.objects.visible_to(user).not_over().with_people()
    ended = [(one, one.obstacle_to_end(user)) for one in named]
    steps, steps_waiting, former_steps = _steps(user)
    decides_steps = any(step.obstacle_to_decide(user) is None for step, _ in steps_waiting)
    return AuthorityPage(holding, waiting, former, decides, ended, steps, steps_waiting, former_steps, decides_steps, user)


def _steps(user: User) -> tuple[list[StepRule], list[tuple[StepRule, str | None]], list[StepRule]]:
    """The further steps that hold, that wait for the CXO, and that are over; read at once."""
    known = list(StepRule.objects.visible_to(user).with_people())
    waiting = [(step, step.obstacle_to_confirm(user)) for step in known if step.state == LimitState.PROPOSED]
    rest = [step for step in known if step.state != LimitState.PROPOSED]
    former = [step for step in rest if not step.holds]
    former.sort(key=lambda step: step.decided_at or step.at, reverse=True)
    return [step for step in rest if step.holds], waiting, former[:MOST_FORMER]
