"""Still mine: what a person is to attest, and how far each department has."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from initiatives.core import clock
from initiatives.journey.models import OwnedObject, Ownership
from initiatives.journey.models.owned_objects import ATTEST_WINDOW
from initiatives.organization.models import User


def attest_page(user: User) -> dict[str, Any]:
    """All that this person owns, or their department when they head it: what is due first. Two queries."""
    today = clock.company_day()
    mine = Q(person=user) | Q(department__in=user.standing.heads)
    found = Ownership.objects.visible_to(user).accepted().filter(mine, owned__in=OwnedObject.objects.owned().in_use())
    rows = list(found.select_related("owned", "department", "person").order_by(F("owned__attest_by").asc(nulls_first=True), "pk"))
    last = today + ATTEST_WINDOW
    due = [row for row in rows if row.owned.lapses or (row.owned.attest_by and row.owned.attest_by <= last)]
    later = [row for row in rows if row not in due]
    return {"due": due, "later": later, "missed": sum(row.owned.lapses > 0 for row in due), "count": len(rows)}


@dataclass(frozen=True)
class AttestationRate:
    """How much of what a department owns is attested: `attested` of `owned`."""

    department_id: int
    department: str
    owned: int
    attested: int

    @property
    def share(self) -> float:
        return self.attested / self.owned


def attestation_rates(user: User) -> list[AttestationRate]:
    """By department, of what this person may see: how much is owned, and how much of it no attestation was missed for.

    The lowest share first. One query.
    """
    owned = OwnedObject.objects.visible_to(user).owned().in_use()
    rows = owned.values("department_id", "department__name").annotate(
        count=Count("pk"), kept=Count("pk", filter=Q(lapses=0))
    )  # fmt: skip
    rates = [AttestationRate(row["department_id"], row["department__name"], row["count"], row["kept"]) for row in rows]
    return sorted(rates, key=lambda rate: (rate.share, rate.department))
