"""A signal waits for its disposition."""

from collections.abc import Mapping

from initiatives.duties.kinds import Kind, register
from initiatives.journey.models import Signal
from initiatives.journey.models.triaging import TRIAGE
from initiatives.organization.models import User


def may_still_triage(user: User, ids: set[int]) -> set[int]:
    found = Signal.objects.visible_to(user).triaged_by(user).open_now().filter(pk__in=ids)
    return set(found.values_list("pk", flat=True))


def signals(ids: set[int]) -> Mapping[int, Signal]:
    return Signal.objects.in_bulk(ids)


register(
    Kind(
        name=TRIAGE,
        words="Signal to decide about",
        template="",
        still=may_still_triage,
        visible=lambda user: Signal.objects.visible_to(user),
        subjects=signals,
        announced=True,
    )
)
