"""Lines that waited try again by themselves, when what they wait for has come and not before."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.imports import again
from initiatives.funding.imports.again import try_again
from initiatives.funding.models import ActualLine, CostObject
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.importing import deliver, line, spent, states
from tests.pools import kept

pytestmark = pytest.mark.usefixtures("uploads")


@pytest.fixture(autouse=True)
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a second later than the one before."""
    begins, seconds = datetime(2026, 11, 22, 9, tzinfo=UTC), count()
    monkeypatch.setattr(clock, "_pretended", SimpleNamespace(get=lambda: begins + timedelta(seconds=next(seconds))))


def test_a_line_is_posted_when_what_it_names_is_committed_and_not_tried_before(
    cast: Cast, treasury: Treasury, referred: dict[str, CostObject]
) -> None:
    thing = referred["CX-002"] = treasury.cost_object()
    treasury.funded(thing, OPS="60.00")
    deliver("1;50.00;CX-002", "2;9.00;CX-002", by=cast.finance)
    assert (states(), again.due().count()) == ({"1": "waiting money", "2": "waiting money"}, 2)
    assert (try_again(), again.due().count()) == (0, 0)  # once after its import, and then no more
    assert line("1").tried_at is not None
    assert not Event.objects.about(line("1")).filter(verb__endswith="waits_on").exists()  # nothing new is to be said
    treasury.funded(treasury.cost_object(), OPS="5.00")
    assert again.due().count() == 0  # another's money moved
    thing.commit(treasury.pool("OPS"), Decimal(10), by=thing.owner)
    assert (try_again(), states()) == (1, {"1": "waiting money", "2": "posted"})
    assert line("1").problem.startswith("Committed and not spent are")
    thing.commit(treasury.pool("OPS"), Decimal(49), by=thing.owner)
    before = line("1").problem
    assert (try_again(), try_again(), states()["1"]) == (1, 0, "posted")
    assert (line("1").journal.by, spent(thing)) == (cast.finance, ("0.00", "59.00"))
    verbs = [(event.verb.rpartition(".")[2], event.reason) for event in Event.objects.about(line("1")).order_by("pk")]
    assert verbs[-2:] == [("tried_again", before), ("matched", "")]
    assert Obligation.objects.get(kind="funding.match_lines").outcome == "excused"
    assert books.verify().right


def test_an_order_that_is_posted_later_takes_its_lines(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;50.00;PO 20", by=cast.finance)
    assert (try_again(), states()) == (0, {"1": "waiting reference"})
    kiosks.decommit(kiosks.accounts.first().pool, Decimal(60), by=cast.finance, memo="Cheaper")
    kiosks.commit(kiosks.accounts.first().pool, Decimal(60), by=cast.finance, memo="po 20")
    assert (try_again(), states()) == (1, {"1": "posted"})


def test_a_limit_that_is_lifted_lets_its_lines_pass(cast: Cast, treasury: Treasury, kiosks: CostObject) -> None:
    kept(cast, treasury.pool("OPS"), post_control="stop", post_limit=1)
    deliver("1;50.00;PO 17", by=cast.finance)
    assert (try_again(), states(), try_again()) == (0, {"1": "waiting refused"}, 0)
    kept(cast, treasury.pool("OPS"), post_limit=90)
    assert (try_again(), states()) == (1, {"1": "posted"})


def test_what_people_decide_about_is_left_to_them(cast: Cast, treasury: Treasury, kiosks: CostObject) -> None:
    deliver("1;10.00;CX-001", "2;500.00;CX-001", by=cast.finance)
    line("1").journal.reverse(by=cast.second_finance, reason="Of another initiative")
    deliver("2;20.00;CX-001", by=cast.finance)  # says something else of a document that waits
    deliver("3;10.00;CX-001", by=cast.second_finance)  # who gave the last approval
    before = states()
    kiosks.decommit(treasury.pool("OPS"), Decimal(1), by=cast.finance, memo="Cheaper")
    assert (try_again(), states()) == (0, before)
    line("2").set_aside(by=cast.finance, reason="Wrong")
    line("2").confirm(by=cast.second_finance)
    assert (try_again(), states()["1"], ActualLine.objects.posted().count()) == (0, "waiting reversed", 0)


def test_who_may_no_longer_post_is_not_posted_for(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;50.00;PO 20", by=cast.finance)
    cast.finance.roles.get(kind="finance").end(by=cast.administrator)
    kiosks.decommit(kiosks.accounts.first().pool, Decimal(60), by=kiosks.owner, memo="Cheaper")
    kiosks.commit(kiosks.accounts.first().pool, Decimal(60), by=kiosks.owner, memo="PO 20")
    assert (try_again(), states(), line("1").tried_at is None) == (0, {"1": "waiting reference"}, False)


def test_a_fault_is_of_its_line_alone(cast: Cast, kiosks: CostObject, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver("1;500.00;CX-001", "2;500.00;CX-001", by=cast.finance)
    pool = kiosks.accounts.filter(pool__department__code="OPS").first().pool
    kiosks.spend(pool, Decimal(1), by=cast.finance)
    once = again._once

    def broken(one: ActualLine) -> None:
        if one.document == "1":
            raise ValueError("Nobody foresaw this")
        once(one)

    monkeypatch.setattr(again, "_once", broken)
    assert try_again() == 0
    assert states() == {"1": "waiting refused", "2": "waiting money"}
    assert "written to the log" in line("1").problem
    monkeypatch.setattr(again, "MOST", 1)
    kiosks.spend(pool, Decimal(1), by=cast.finance)
    assert (again.due().count(), try_again(), again.due().count()) == (2, 0, 1)  # a number at a time


def test_the_queue_is_searched_and_filtered(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;500.00;CX-001", "2;12.50;CX-999", "3;-7.00;PO 99", by=cast.finance)
    client, address = Client(), reverse("funding:actuals")
    client.force_login(cast.finance)

    def found(**query: str) -> list[str]:
        answer = client.get(address, query)
        assert answer.status_code == 200
        return sorted(one.document for one, _ in answer.context["report"].rows)

    assert found() == ["1", "2", "3"]
    assert found(q="cx-9") == found(amount="12.50") == ["2"]
    assert found(q="invoice 3") == found(amount="-7.00") == ["3"]
    assert found(q="cx", why="money") == ["1"]
    assert found(q="cx", why="period") == []
    assert found(q="cx-9", state="posted") == []
    page = client.get(address, {"q": "cx-9", "amount": "12.50"}).content.decode()
    assert 'href="?state=posted&amp;q=cx-9&amp;amount=12.50"' in page
    for query in ({"amount": "ten"}, {"why": "x"}, {"delivery": "x"}, {"state": "x"}):
        assert client.get(address, query).status_code == 422
    assert client.get(address, {"q": "x'--%_"}).status_code == 200

    def asked(**query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, query).status_code == 200
        return len(queries)

    _, few = asked(q="cx"), asked(q="cx")
    deliver(*(f"{number};1.00;CX-999" for number in range(10, 16)), by=cast.finance)
    asked()  # what the asks of a reader are is kept between two pages
    assert (asked(q="cx"), asked(), few) == (few, few, 9)
