"""A signal waits for its disposition; a sweep waits for each stage."""

from initiatives.duties.kinds import ask_about
from initiatives.journey.models import Signal, SweepStage
from initiatives.journey.models.sweeping import SWEEP
from initiatives.journey.models.triaging import TRIAGE
from initiatives.organization.models import User


def may_still_triage(user: User, ids: set[int]) -> set[int]:
    found = Signal.objects.visible_to(user).triaged_by(user).open_now().filter(pk__in=ids)
    return set(found.values_list("pk", flat=True))


ask_about(Signal.objects, TRIAGE, "Signal to decide about", may_still_triage)


def may_still_sign(user: User, ids: set[int]) -> set[int]:
    waiting = SweepStage.objects.visible_to(user).waiting().filter(pk__in=ids).select_related("department")
    return {asked.pk for asked in waiting if asked.may_sign(user)}


ask_about(SweepStage.objects.select_related("sweep", "stage"), SWEEP, "Stage to sweep", may_still_sign)
