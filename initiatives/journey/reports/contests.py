"""What the pages of contests show: the list with its measures, and the file of one case."""

from dataclasses import dataclass
from typing import Any

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.journey.models import CaseState, Contest, OwnedObject
from initiatives.journey.models.contest_words import CLOCK_DAYS, LOCK_DAYS
from initiatives.journey.models.opening_contests import obstacle_to_contest
from initiatives.organization.calendars import Calendar
from initiatives.organization.models import User


@dataclass(frozen=True)
class Speed:
    """How contests go (measure N8): a mean with its count, and two shares with theirs.

    days      mean working days from the opening to the first ruling; None where nothing was ruled
    reversed  rulings that an appeal turned round, of those appealed and ruled again
    repeated  objects contested again after they were settled, of those ever settled
    """

    days: float | None
    ruled: int
    reversed: int
    appealed: int
    repeated: int
    settled: int


def speed(user: User) -> Speed:
    """The measures over all cases that this person may see. Three queries."""
    calendar, took, turned, appealed = Calendar.of(), [], 0, 0
    contests = list(Contest.objects.visible_to(user).prefetch_related("rulings").order_by("pk"))
    for contest in contests:
        first, second = [*contest.rulings.all(), None, None][:2]
        if first is not None:
            took.append(calendar.working_days_between(clock.day_of(contest.opened_at), clock.day_of(first.at)))
        if first is not None and second is not None:
            appealed += 1
            turned += first.department_id != second.department_id
    settled = {contest.owned_id for contest in contests if contest.state == CaseState.SETTLED}
    ended: set[int] = set()
    again = set()
    for contest in contests:
        if contest.owned_id in ended:
            again.add(contest.owned_id)
        if contest.state == CaseState.SETTLED:
            ended.add(contest.owned_id)
    mean = sum(took) / len(took) if took else None
    return Speed(mean, len(took), turned, appealed, len(again), len(settled))


def contests_page(user: User) -> dict[str, Any]:
    """All cases that this person may see, the open ones first."""
    found = list(Contest.objects.visible_to(user).with_sides().newest_first())
    return {
        "running": [contest for contest in found if contest.is_open],
        "ended": [contest for contest in found if not contest.is_open],
        "speed": speed(user),
    }


def contest_page(user: User, contest: Contest) -> dict[str, Any]:
    """One case: claims, evidence, clock, who decides and who does not, and why."""
    return {
        "contest": contest,
        "owned": contest.owned,
        "claims": list(contest.claims.select_related("department", "names", "by").order_by("at")),
        "evidence": list(contest.evidence.select_related("department", "by")),
        "rulings": list(contest.rulings.select_related("department", "decider").prefetch_related("cites")),
        "deciders": contest.deciders() if contest.is_open else [],
        "excluded": contest.excluded() if contest.is_open else [],
        "clock_ran_out": contest.due_on is not None and contest.due_on < clock.company_day(),
        "withdraw_obstacle": contest.obstacle_to_withdraw(user),
        "clock_days": CLOCK_DAYS,
        "lock_days": LOCK_DAYS,
        "events": Event.objects.about(contest).select_related("actor").newest_first()[:30],
    }


def contest_panel(owned: OwnedObject, user: User) -> dict[str, Any]:
    """For the page of the object: its open case, its last one, and whether this person may contest it."""
    newest = Contest.objects.visible_to(user).with_sides().filter(owned=owned).newest_first().first()
    may = bool(user.standing.heads) and obstacle_to_contest(owned, by=user) is None
    return {"contest": newest, "may_contest": may, "owned": owned}
