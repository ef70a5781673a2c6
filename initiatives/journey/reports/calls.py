"""What the pages of open calls and orphans show."""

from typing import Any

from initiatives.core import clock
from initiatives.journey.adopters import adopters
from initiatives.journey.models import Call, OwnedObject, Ownership
from initiatives.journey.models.calls import may_call, obstacle_to_call
from initiatives.journey.models.orphans import DAYS_UNOWNED, TO_THE_CEO, obstacle_to_assign, orphans, with_unowned_since
from initiatives.journey.models.proposing import may_ask
from initiatives.organization.calendars import Calendar
from initiatives.organization.models import User


def calls_page(user: User) -> dict[str, Any]:
    """Open calls, and what nobody will own, the heaviest first."""
    calls = Call.objects.visible_to(user).open_now().select_related("owned", "opened_by").order_by("opened_at", "pk")
    seen = OwnedObject.objects.visible_to(user)
    lost = orphans(seen, clock.company_day()).order_by("-weight", "reference")
    calendar, today = Calendar.of(), clock.company_day()
    return {
        "calls": list(calls),
        "days_unowned": DAYS_UNOWNED,
        "orphans": [(owned, calendar.working_days_between(clock.day_of(owned.unowned_since), today)) for owned in lost],
    }


def call_page(call: Call, user: User) -> dict[str, Any]:
    """One call: the hands that are up, those for the likeliest departments first, each with its reasons."""
    likely = {adopter.department.pk: adopter for adopter in adopters(call.owned, user)}
    hands = list(call.hands.up().select_related("person", "department").order_by("at", "pk"))
    ranked = [(hand, likely.get(hand.department_id or 0)) for hand in hands]
    ranked.sort(key=lambda one: -(one[1].score if one[1] else 0))
    return {
        "call": call,
        "owned": call.owned,
        "hands": [(hand, adopter, call.obstacle_to_choose(user, hand)) for hand, adopter in ranked],
        "mine": next((hand for hand in hands if hand.person_id == user.pk), None),
        "raise_obstacle": call.obstacle_to_raise(user),
        "close_obstacle": call.obstacle_to_close(user),
    }


def orphan_page(owned: OwnedObject, user: User) -> dict[str, Any]:
    """Why nobody owns it: since when, who refused and why, and who might adopt it with reasons."""
    since = with_unowned_since(OwnedObject.objects.filter(pk=owned.pk)).get().unowned_since
    history = Ownership.objects.filter(owned=owned).select_related("department", "person", "proposed_by", "answered_by")
    return {
        "owned": owned,
        "since": since,
        "history": list(history.newest_first()),
        "adopters": adopters(owned, user)[:5],
        "may_ask": may_ask(user, owned) and owned.obstacle_to_propose(by=user) is None,
        "may_call": may_call(user, owned) and obstacle_to_call(owned) is None,
        "call": Call.objects.visible_to(user).open_now().filter(owned=owned).first(),
        "assign_obstacle": obstacle_to_assign(owned, user),
        "to_the_ceo": owned.refusals >= TO_THE_CEO,
    }
