"""Work that was proposed long ago and of which nobody has tried anything yet: no experiment was ever started."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator

from initiatives.core import clock
from initiatives.journey.models import MapPolicy
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative

ROWS = 50


@dataclass(frozen=True)
class Untested:
    initiative: Initiative
    days: int  # since it was written down


def untested(user: User, page: str | None) -> dict[str, Any]:
    """The initiatives without any experiment after the days that the company gives them, the longest first."""
    now, most = clock.now(), MapPolicy.objects.current().test_within
    late = Initiative.objects.visible_to(user).untested(now - timedelta(days=most))
    longest = late.select_related("accountable_department", "accountable_person", "lead_department")
    rows = Paginator(longest.order_by("created_at", "pk"), ROWS).get_page(page)
    found = [Untested(one, (now - one.created_at).days) for one in rows]
    return {"rows": rows, "untested": found, "most": most}
