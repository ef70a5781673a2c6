"""Which stages each system serves: where it serves one and the next, data can follow the customer."""

from collections import defaultdict

from initiatives.journey.models import Stage, System, Touchpoint
from initiatives.organization.models import User


def stages_of_systems(user: User) -> dict[int, set[int]]:
    """Ids of the stages that each running system serves, named or by a touchpoint, as far as `user` may see: two queries."""
    running = System.objects.visible_to(user).running()
    served: dict[int, set[int]] = defaultdict(set)
    named = running.filter(stages__in=Stage.objects.visible_to(user).in_use())
    touched = running.filter(touchpoints__in=Touchpoint.objects.visible_to(user).in_use())
    for system, stage in named.values_list("pk", "stages"):
        served[system].add(stage)
    for system, stage in touched.values_list("pk", "touchpoints__stage"):
        served[system].add(stage)
    return served
