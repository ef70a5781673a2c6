"""What was promised, and what came of it, of the initiatives that are done. Nothing is measured yet, and the page says so."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q

from initiatives.boards.reports.abroad import Rates, Sum, abroad
from initiatives.boards.reports.records import with_sums
from initiatives.core import clock
from initiatives.funding.models import CostObject
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative, Status

ROWS = 50
DONE = (Status.COMPLETED, Status.REALISED)


@dataclass(frozen=True)
class Promise:
    """One initiative that is done. `cost` is what was spent; None: withheld from this reader."""

    initiative: Initiative
    cost: Sum | None

    @property
    def measured(self) -> bool:
        return self.initiative.status == Status.REALISED


def prove(user: User, page: str | None) -> dict[str, Any]:
    """Completed and realised initiatives, the last first."""
    done = Initiative.objects.visible_to(user).filter(status__in=DONE)
    counts = done.order_by().aggregate(done=Count("pk"), measured=Count("pk", filter=Q(status=Status.REALISED)))
    last = done.select_related("accountable_department", "accountable_person", "cost_object").order_by("-status_since", "-pk")
    rows = Paginator(last, ROWS).get_page(page)
    opened = CostObject.objects.visible_to(user).filter(pk__in=[one.cost_object_id for one in rows])
    readable = set(opened.values_list("pk", flat=True))
    mine = [one for one in rows if one.cost_object_id in readable]
    several = [one.pk for one in mine if one.cost_object.other_currencies]
    foreign = abroad(done.filter(pk__in=several)) if several else []
    costs = {one.pk: sums["spent"] for one, sums in with_sums(mine, foreign)}
    promises = [Promise(one, costs.get(one.pk)) for one in rows]
    return {"rates": Rates.of(foreign), "rows": rows, "promises": promises, "today": clock.today(), **counts}
