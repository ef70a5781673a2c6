"""A department's year: its pools, what they gave and when, where that leads; what is kept from a reader is said, never zero."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.funding.above import Name
from initiatives.funding.models import CostObject, FiscalYear
from initiatives.funding.reports import department_year
from initiatives.funding.reports.department_year import DepartmentYear, Look
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

pytestmark = pytest.mark.usefixtures("late_in_the_year")


@pytest.fixture
def spent(cast: Cast, treasury: Treasury, named: dict[int, Name]) -> tuple[CostObject, CostObject]:
    """Kiosks: 300 given, 200 ordered in March, 90 paid in September. Secret: 50 given, all ordered, 20 paid in October."""
    kiosks, secret = treasury.cost_object(), treasury.cost_object()
    for thing, amount in ((kiosks, "300.00"), (secret, "50.00")):
        treasury.funded(thing, OPS=amount)
    named[kiosks.pk] = Name("CX-001 Kiosks", "/initiatives/CX-001/")
    pool = treasury.pool("OPS")
    kiosks.commit(pool, Decimal(200), by=cast.finance, on=date(2026, 3, 10))
    kiosks.spend(pool, Decimal(90), by=cast.finance, on=date(2026, 9, 1))
    secret.commit(pool, Decimal(50), by=cast.finance, on=date(2026, 3, 11))
    secret.spend(pool, Decimal(20), by=cast.finance, on=date(2026, 10, 5))
    return kiosks, secret


def year_of(user: User, cast: Cast, look: Look | None = None) -> DepartmentYear:
    years = list(FiscalYear.objects.newest_first())
    return department_year(user, cast.department("OPS"), years, years[0], look or Look())


def flows(report: DepartmentYear) -> dict[int | str, tuple[str, str, str]]:
    """{month: (given, ordered, paid)} of the months in which something moved, and of what is restricted."""
    found = report.groups[0].flows
    told = {flow.period.number if flow.period else "restricted": flow for flow in found if not flow.is_empty}
    return {key: (f"{flow.given:.0f}", f"{flow.ordered:.0f}", f"{flow.paid:.0f}") for key, flow in told.items()}


def test_periods_add_up_to_what_the_pools_say(cast: Cast, treasury: Treasury, spent: Any) -> None:
    report = year_of(cast.finance, cast)
    assert flows(report) == {3: ("0", "250", "0"), 9: ("0", "0", "90"), 10: ("0", "0", "20"), 11: ("350", "0", "0")}
    total, pool = report.groups[0].total, treasury.pool("OPS")
    assert (total.given, total.ordered, total.paid) == (pool.allocated, pool.committed + pool.spent, pool.spent)
    assert sum(flow.ordered for flow in report.groups[0].flows) == total.ordered == 250
    assert report.groups[0].forecast is not None
    assert report.groups[0].forecast.at_completion == 250  # nothing more than is ordered, at this pace
    march = year_of(cast.finance, cast, Look(period=3, act="committed"))
    assert sorted(entry.amount for entry in march.journal.entries) == [50, 200]


def test_when_restricted_money_moved_is_not_told(cast: Cast, treasury: Treasury, spent: Any) -> None:
    report = year_of(cast.head("OPS"), cast)
    assert flows(report) == {3: ("0", "200", "0"), 9: ("0", "0", "90"), 11: ("300", "0", "0"), "restricted": ("50", "50", "20")}
    assert report.groups[0].forecast is None
    assert [(row.name.label, row.spent) for row in report.groups[0].given] == [("CX-001 Kiosks", 90), ("Restricted item", 20)]
    march = year_of(cast.head("OPS"), cast, Look(period=3))
    assert [entry.amount for entry in march.journal.entries] == [200]


def test_the_page_leads_to_the_records_and_is_for_who_may_see_the_pools(
    cast: Cast, treasury: Treasury, spent: Any, django_assert_max_num_queries: Any
) -> None:
    address, client = reverse("funding:department_year", args=[cast.department("OPS").pk]), Client()
    client.force_login(cast.head("OPS"))
    client.get(address)
    with django_assert_max_num_queries(22):
        text = client.get(address).content.decode()
    for part in ("CX-001 Kiosks", "?year=2026&amp;period=3&amp;act=committed#journal", "Restricted, in any period", "withheld"):
        assert part in text
    assert client.get(address, {"period": "3", "act": "committed"}).status_code == 200
    assert client.get(address, {"period": "x"}).status_code == 400
    client.force_login(cast.head("HR"))
    assert client.get(address).status_code == 403
