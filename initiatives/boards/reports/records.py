"""The records behind figures for which no other room has a list: money by initiative, and asks that wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q
from django.db.models import Sum as Added
from django.http import QueryDict

from initiatives.boards.reports.abroad import MONEY, Abroad, Rates, Sum, abroad, worth_of_all
from initiatives.boards.reports.figures import NOBODY, Purse
from initiatives.core.rules import BadInput
from initiatives.duties.models import Obligation
from initiatives.funding.models import ForeignMoney
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import Initiative, Status

ROWS = 100
WORDS = {"asked": "asked for", "allocated": "allocated", "spent": "spent"}


@dataclass(frozen=True)
class Chosen:
    """The department that an address names by its code; "none" is nobody, nothing is all."""

    code: str
    department: Department | None

    @classmethod
    def of(cls, code: str, user: User) -> "Chosen":
        if code in ("", NOBODY):
            return cls(code, None)
        found = Department.objects.visible_to(user).filter(code=code).first()
        if found is None:
            raise BadInput(f"There is no department “{code[:20]}”.")
        return cls(code, found)

    @property
    def condition(self) -> dict[str, Department | None]:
        """For a field called `department`."""
        return {"department": self.department} if self.code else {}


def money_of(user: User, query: QueryDict) -> dict[str, Any]:
    """The initiatives that an amount is made of, the largest first, and their sum. Refused where amounts are withheld."""
    figure, status = query.get("figure", ""), [value for value in query.getlist("status") if value]
    if figure not in MONEY or not set(status) <= set(Status.values):
        raise BadInput("This list of money cannot be read. Open it from a figure.")
    chosen, purse = Chosen.of(query.get("accountable", ""), user), Purse(user)
    pk = chosen.department.pk if chosen.department else None
    if not (purse.opens(pk) if chosen.code else purse.everything):
        raise PermissionDenied("These amounts are for the CXO, the CEO, finance, auditors and the department's own heads.")
    there = ForeignMoney.objects.filter(cost_object=OuterRef("cost_object"), **{f"{figure}__gt": 0})
    found = Initiative.objects.visible_to(user).filter(Q(**{f"cost_object__{figure}__gt": 0}) | Exists(there))
    if chosen.code:
        found = found.filter(accountable_department=chosen.department)
    if status:
        found = found.filter(status__in=status)
    foreign = abroad(found)
    own = found.order_by().aggregate(sum=Added(f"cost_object__{figure}"))["sum"] or Decimal(0)
    worth = worth_of_all(figure) if foreign else F(f"cost_object__{figure}")
    largest = found.order_by(worth.desc(), "pk").select_related("cost_object", "accountable_department")
    rows = Paginator(largest, ROWS).get_page(query.get("page"))
    return {
        "figure": figure,
        "words": WORDS[figure],
        "chosen": chosen,
        "statuses": [Status(value).label for value in status],
        "total": Sum(own).plus(foreign, figure),
        "rates": Rates.of(foreign),
        "rows": rows,
        "amounts": with_sums(rows, foreign),
    }


def with_sums(rows: Iterable[Initiative], foreign: Iterable[Abroad]) -> list[tuple[Initiative, dict[str, Sum]]]:
    """Each with its amounts in the company's currency, and what is not in them."""
    by_initiative: dict[int, list[Abroad]] = {}
    for row in foreign:
        by_initiative.setdefault(row.initiative, []).append(row)
    return [
        (one, {name: Sum(getattr(one.cost_object, name)).plus(by_initiative.get(one.pk, ()), name) for name in MONEY})
        for one in rows
    ]


def waiting_of(user: User, query: QueryDict) -> dict[str, Any]:
    """The open asks of one department or all, the longest waiting first."""
    chosen, overdue = Chosen.of(query.get("department", ""), user), query.get("overdue", "") == "1"
    found = Obligation.objects.visible_to(user).open_now().filter(**chosen.condition)
    if overdue:
        found = found.overdue(user.today())
    longest = found.select_related("person", "department").order_by("opened_at", "pk")
    return {
        "chosen": chosen,
        "overdue": overdue,
        "today": user.today(),
        "rows": Paginator(longest, ROWS).get_page(query.get("page")),
    }
