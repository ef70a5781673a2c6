"""A signal waits for its disposition; a sweep waits for each stage."""

from collections.abc import Mapping

from initiatives.duties.kinds import Kind, register
from initiatives.journey.models import Signal, SweepStage
from initiatives.journey.models.sweeping import SWEEP
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


def may_still_sign(user: User, ids: set[int]) -> set[int]:
    waiting = SweepStage.objects.visible_to(user).waiting().filter(pk__in=ids).select_related("department")
    return {asked.pk for asked in waiting if asked.may_sign(user)}


def swept_stages(ids: set[int]) -> Mapping[int, SweepStage]:
    return SweepStage.objects.select_related("sweep", "stage").in_bulk(ids)


register(
    Kind(
        name=SWEEP,
        words="Stage to sweep",
        template="",
        still=may_still_sign,
        visible=lambda user: SweepStage.objects.visible_to(user),
        subjects=swept_stages,
        announced=True,
    )
)
