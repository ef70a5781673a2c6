"""The money of the seeded company: a pool for each department, the case and the request of what asks for money, and the ledger.

Written in bulk, like the company around it (cxgov/seed.py).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar
from uuid import UUID

from django.db import connection

from initiatives.core import clock
from initiatives.funding.models import (
    Account,
    Act,
    Approval,
    BudgetChange,
    FiscalYear,
    FundingRequest,
    Journal,
    Kind,
    Pool,
    RequestLine,
    Step,
    Transfer,
    Way,
)
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import BaselineReading, BenefitOwner, Better, BusinessCase, Initiative, State, Status

Row = TypeVar("Row")


def analyze() -> None:
    """Tell the planner how large the tables have become; its plans for triggers would stay those of empty tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def batched(rows: "list[Row]", size: int = 250) -> "Iterator[list[Row]]":
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


class Money:
    def __init__(self, dice: Random, size: int, today: date, departments: list[Department], people: dict[str, User]) -> None:
        self.dice, self.size, self.today, self.departments, self.people = dice, size, today, departments, people
        self.heads = {department.pk: people[f"head-{department.code.lower()}"] for department in departments}

    def day(self, before: int) -> date:
        return self.today - timedelta(days=before)

    def open_pools(self) -> None:
        year = FiscalYear.objects.create(name="Seed year", starts=self.day(300), ends=self.day(-65))
        self.pools = Pool.objects.bulk_create(Pool(year=year, department=department) for department in self.departments)
        Account.objects.open_for(*self.pools)
        accounts = {(row.pool_id, row.kind): row for row in Account.objects.filter(cost_object=None)}
        amount, reason = Decimal(100_000) * self.size, "Budget of the year"
        for pool in self.pools:
            change = BudgetChange.objects.propose(pool, Way.RAISE, amount, by=self.people["cxo"], reason=reason)
            change.confirm(by=self.people["finance"])
        self.free = {pool.pk: accounts[pool.pk, Kind.AVAILABLE] for pool in self.pools}

    def journals(self, act: Act, requests: "list[FundingRequest | None]") -> list[Journal]:
        """One journal for each request (None: for nothing in particular), posted by finance."""
        return Journal.objects.bulk_create(
            Journal(
                act=act,
                by=self.people["finance"],
                key=UUID(int=self.dice.getrandbits(128), version=4),
                content=f"{self.dice.getrandbits(256):064x}",
                request=request,
            )
            for request in requests
        )

    def fund(self, wanting: list[Initiative]) -> None:
        """What is funded or further was asked for, approved twice, allocated, partly committed and spent; others still ask."""
        pools = {pool.department_id: pool for pool in self.pools}
        self.promise(wanting)
        requests = FundingRequest.objects.bulk_create(
            FundingRequest(cost_object=row.cost_object, requester=row.accountable_person, purpose="The first year.")
            for row in wanting
        )
        amounts = [Decimal(self.dice.randrange(10, 90) * 1000) for _ in wanting]
        lines = [
            RequestLine(request=request, pool=pools[row.lead_department_id], amount=amount)
            for request, row, amount in zip(requests, wanting, amounts, strict=True)
        ]
        RequestLine.objects.bulk_create(lines, batch_size=5000)
        analyze()
        for some in batched(requests):
            FundingRequest.objects.filter(pk__in=[request.pk for request in some]).update(
                state="submitted", submitted_at=clock.now()
            )
        given = [
            (request, line)
            for request, line, row in zip(requests, lines, wanting, strict=True)
            if row.status != Status.PRIORITISED
        ]
        shown = "0" * 64
        Approval.objects.bulk_create(
            Approval(request=request, step=Step.BUDGET, pool=line.pool, by=self.heads[line.pool.department_id or 0], shown=shown)
            for request, line in given
        )
        approver = self.people["finance-2"]
        Approval.objects.bulk_create(
            Approval(request=request, step=Step.FINANCE, by=approver, shown=shown) for request, _ in given
        )
        analyze()
        for some in batched([request for request, _ in given]):
            FundingRequest.objects.filter(pk__in=[request.pk for request in some]).update(
                state="allocated", decided_at=clock.now()
            )
        self.post([request for request, _ in given], [line for _, line in given])

    def promise(self, wanting: list[Initiative]) -> None:
        """The business case of what asks for money: three points of cost and benefit, a metric that was read, and its owner."""
        points = dict(zip(("low", "base", "high"), (10_000, 50_000, 90_000), strict=True))
        figures = {f"cost_{point}": amount for point, amount in points.items()}
        figures |= {f"benefit_{point}": 2 * amount for point, amount in points.items()}
        metric = {"metric": "Complaints", "unit": "a month", "better": Better.LOWER, "target": Decimal(20)}
        BusinessCase.objects.bulk_create(
            (BusinessCase(initiative=row, number=1, by=row.accountable_person, **figures, **metric) for row in wanting),
            batch_size=2000,
        )
        reading = {
            "value": Decimal(40),
            "n": 212,
            "on": self.day(45),
            "source": "Complaints of the last quarter",
        }
        BaselineReading.objects.bulk_create(
            (BaselineReading(initiative=row, by=row.accountable_person, **reading) for row in wanting), batch_size=2000
        )
        answered = {"state": State.ACCEPTED, "answered_at": clock.now()}
        owners = [(row, self.heads[row.lead_department_id]) for row in wanting]
        BenefitOwner.objects.bulk_create(
            (
                BenefitOwner(initiative=row, department=row.lead_department, person=head, answered_by=head, **answered)
                for row, head in owners
            ),
            batch_size=2000,
        )

    def post(self, requests: list[FundingRequest], lines: list[RequestLine]) -> None:
        Account.objects.bulk_create(
            (
                Account(pool=line.pool, cost_object=request.cost_object, kind=kind)
                for request, line in zip(requests, lines, strict=True)
                for kind in (Kind.ALLOCATED, Kind.COMMITTED, Kind.SPENT)
            ),
            batch_size=5000,
        )
        analyze()
        found = Account.objects.exclude(cost_object=None)
        accounts = {(row.cost_object_id, row.kind): row for row in found}
        steps = (
            (Act.ALLOCATED, None, Kind.ALLOCATED, Decimal(1)),
            (Act.COMMITTED, Kind.ALLOCATED, Kind.COMMITTED, Decimal("0.6")),
            (Act.SPENT, Kind.COMMITTED, Kind.SPENT, Decimal("0.4")),
        )
        for act, source, target, share in steps:
            journals = self.journals(act, [request if act == Act.ALLOCATED else None for request in requests])
            transfers = [
                Transfer(
                    journal=journal,
                    source=accounts[request.cost_object_id, source] if source else self.free[line.pool_id],
                    target=accounts[request.cost_object_id, target],
                    amount=(line.amount * share).quantize(Decimal("0.01")),
                )
                for journal, request, line in zip(journals, requests, lines, strict=True)
            ]
            for some in batched(transfers):
                Transfer.objects.bulk_create(some)
