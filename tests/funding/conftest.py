"""A treasury: the fiscal year, pools with money, and cost objects, made on demand beside the cast."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from initiatives.core import clock
from initiatives.funding import above
from initiatives.funding.above import Name
from initiatives.funding.models import CostObject, FiscalYear, FundingRequest, Pool
from initiatives.organization.models import User
from tests.cast import Cast
from tests.pools import opened


@dataclass
class Treasury:
    """Money around the cast. Pools are opened by the second person in finance, so that the first may post and approve."""

    cast: Cast
    pools: dict[str, Pool] = field(default_factory=dict)

    @property
    def year(self) -> FiscalYear:
        return FiscalYear.objects.get_or_create(name="2026", defaults={"starts": date(2026, 1, 1), "ends": date(2026, 12, 31)})[0]

    def pool(self, code: str = "", amount: str = "1000.00") -> Pool:
        """The pool of this department, or the central one, with this money in it when first named."""
        if code not in self.pools:
            department = self.cast.department(code) if code else None
            self.pools[code] = opened(self.cast, self.year, department, Decimal(amount), by=self.cast.second_finance)
        pool = self.pools[code]
        pool.refresh_from_db()
        return pool

    def cost_object(self, owner: User | None = None, code: str = "OPS") -> CostObject:
        owner = owner or self.cast.contributor(code)
        return CostObject.objects.create(owner=owner, department=self.cast.department(code))

    def draft(self, cost_object: CostObject, *, by: User | None = None, **amounts: str) -> FundingRequest:
        """A draft of the owner (or `by`), amounts by department code; CENTRAL is the central pool."""
        lines = [(self.pool("" if code == "CENTRAL" else code), Decimal(amount)) for code, amount in amounts.items()]
        by = by or cost_object.owner
        assert by is not None
        return FundingRequest.objects.draft(cost_object, lines=lines, purpose="Self-service kiosks", by=by)

    def submitted(self, cost_object: CostObject, *, by: User | None = None, **amounts: str) -> FundingRequest:
        request = self.draft(cost_object, by=by, **amounts)
        request.submit(by=request.requester)
        return request

    def funded(self, cost_object: CostObject, **amounts: str) -> FundingRequest:
        """A request through all its approvals: heads, the CXO for the central pool, then the second finance person."""
        request = self.submitted(cost_object, **amounts)
        for code in amounts:
            request.approve(by=self.cast.cxo if code == "CENTRAL" else self.cast.head(code))
        request.approve(by=self.cast.second_finance)
        cost_object.refresh_from_db()
        return request


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> dict[int, Name]:
    """No room stands above in these tests: names of cost objects come from this dictionary, who may ask from the defaults."""
    names: dict[int, Name] = {}
    monkeypatch.setattr(above, "_naming", [lambda user, ids: {pk: names[pk] for pk in ids if pk in names}])
    monkeypatch.setattr(above, "_allocated", [])
    monkeypatch.setattr(above, "_may_ask", [])
    monkeypatch.setattr(above, "_carried", [])
    monkeypatch.setattr(above, "_sparing", [])
    monkeypatch.setattr(above, "_cases", [])
    monkeypatch.setattr(above, "_referring", [])
    monkeypatch.setattr(above, "_progress", [])
    return names


@pytest.fixture
def treasury(cast: Cast) -> Treasury:
    _ = cast.finance, cast.second_finance, cast.cxo
    return Treasury(cast)


@pytest.fixture
def late_in_the_year() -> Iterator[None]:
    """A Sunday of November 2026."""
    with clock.at(datetime(2026, 11, 22, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def uploads(tmp_path: Path, settings: Any) -> None:
    """Files that are uploaded are gone with the test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def referred(monkeypatch: pytest.MonkeyPatch) -> dict[str, CostObject]:
    """What references mean here; "over" before a reference says that its work is over."""
    things: dict[str, CostObject] = {}

    def meant(references: Any) -> dict[str, int]:
        return {name: things[name].pk for name in references if name in things}

    def over(ids: Any) -> set[int]:
        return {thing.pk for name, thing in things.items() if name.startswith("OVER")} & set(ids)

    monkeypatch.setattr(above, "_referring", [(meant, over)])
    return things


@pytest.fixture
def kiosks(cast: Cast, treasury: Treasury, referred: dict[str, CostObject]) -> CostObject:
    """CX-001: 300 and 100 given by two pools, all committed; the order of OPS is PO 17."""
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="300.00", MKT="100.00")
    thing.commit(treasury.pool("OPS"), Decimal(300), by=cast.finance, memo="PO 17")
    thing.commit(treasury.pool("MKT"), Decimal(100), by=cast.finance, memo="PO 18")
    referred["CX-001"] = thing
    return thing
