"""Nothing is committed for work that is paused or over; what was promised before is paid, and given up."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.funding import books
from initiatives.funding.models import Account, CostObject, Journal, Kind, Pool
from initiatives.funding.models.crediting import credit, spend_unplanned
from initiatives.portfolio.models import Gate, Initiative
from tests.cast import Cast
from tests.portfolio.test_gates import running  # noqa: F401 - a fixture
from tests.refusals import refusal, refused
from tests.tampering import tamper

TEN = Decimal(10)


@pytest.fixture
def work(cast: Cast, running: Initiative) -> Initiative:  # noqa: F811 - the fixture
    """Active; OPS gave 100.00, of which 40.00 are committed, and HR 50.00."""
    running.cost_object.commit(ops(), Decimal(40), by=cast.finance, memo="PO 1")
    return running


def ops() -> Pool:
    return Pool.objects.get(department__code="OPS")


def money(work: Initiative) -> CostObject:
    return CostObject.objects.get(initiative=work)


def paused(work: Initiative, cast: Cast) -> str:
    work.pause(by=cast.head("SEC"), reason="Two contracts run until next year.")
    return "The work is paused; nothing is committed for it."


def completed(work: Initiative, cast: Cast) -> str:
    work.complete(by=cast.head("SEC"))
    return "The work is over; nothing is committed for it."


def killed(work: Initiative, cast: Cast) -> str:
    """At its gate, while money that was promised is still to be paid; a new request's money lies there."""
    milestone = work.add_milestone("Pilot", cast.cxo.today(), by=cast.head("SEC"))
    gate = Gate.objects.set_gate(milestone, TEN, must=["Queues are shorter"], should=[], by=cast.cxo)
    gate.kill(by=cast.cxo, reason="They are longer.")
    return "The work is paused; nothing is committed for it."


@pytest.mark.parametrize("stop", [completed, killed])
def test_nothing_is_committed_for_work_that_rests(work: Initiative, cast: Cast, stop: Callable[[Initiative, Cast], str]) -> None:
    money(work).commit(ops(), TEN, by=cast.finance)  # the control
    words = stop(work, cast)
    before, entries = (money(work).committed, money(work).allocated), Journal.objects.count()
    for by in (cast.finance, money(work).owner):
        assert by is not None
        assert refusal(lambda by=by: money(work).commit(ops(), TEN, by=by)) == words
    assert refusal(lambda: money(work).commit(ops(), TEN, by=cast.auditor)) == "Only the owner or finance commits this money."
    assert refusal(
        lambda: spend_unplanned(money(work), Decimal(60), by=cast.second_finance, reason="An invoice without an order")
    )
    assert (money(work).committed, money(work).allocated) == before
    assert Journal.objects.count() == entries


def test_what_was_promised_before_is_paid_and_given_up_and_work_that_goes_on_commits_again(work: Initiative, cast: Cast) -> None:
    paused(work, cast)
    thing = money(work)
    thing.spend(ops(), Decimal(20), by=cast.second_finance)
    credit(thing, Decimal(5), by=cast.second_finance)
    given_up = thing.decommit(ops(), TEN, by=cast.finance, memo="The wrong order")
    given_up.reverse(by=cast.second_finance, reason="It was the right one")  # no new promise: a mistake is mended
    thing.release(Pool.objects.get(department__code="HR"), TEN, by=cast.finance)
    assert (money(work).committed, money(work).spent, money(work).allocated) == (25, 15, 140)
    Initiative.objects.get(pk=work.pk).resume(by=cast.head("SEC"))
    money(work).commit(ops(), TEN, by=cast.finance)
    assert money(work).committed == 35


def test_the_database_refuses_it_too_and_ledger_verify_tells_what_does_not_rest(work: Initiative, cast: Cast) -> None:
    post = """
        WITH book AS (INSERT INTO funding_journal (act, "on", memo, by_id, key, content, at, over_limit, because)
            VALUES ('committed', '2026-06-01', '', %(by)s, %(key)s, 'x', now(), false, '') RETURNING id)
        INSERT INTO funding_transfer (journal_id, source_id, target_id, amount)
            SELECT book.id, %(source)s, %(target)s, 1 FROM book"""
    kinds = {row.kind: row.pk for row in Account.objects.filter(cost_object=work.cost_object, pool=ops())}
    ends = {"by": cast.finance.pk, "source": kinds[Kind.ALLOCATED], "target": kinds[Kind.COMMITTED]}
    assert refused(post, key=uuid4(), **ends) is None  # the control
    paused(work, cast)
    assert refused(post, key=uuid4(), **ends) == "resting_work_commits_nothing"
    assert refused("UPDATE funding_costobject SET stopped = ''") == "stopped_by_its_work"
    insert = (
        "INSERT INTO funding_costobject (currency, asked, allocated, committed, spent, held, stopped) "
        "VALUES ('EUR', 0, 0, 0, 0, 0, 'over')"
    )
    assert refused(insert) == "stopped_by_its_work"
    assert (money(work).committed, money(work).stopped) == (41, "paused")
    assert books.verify().faults == []
    tamper(f"UPDATE funding_costobject SET stopped = '' WHERE id = {work.cost_object_id}")
    assert [fault.fault for fault in books.verify().faults] == ["whether its work rests is told wrongly"]


def test_the_page_says_why_it_is_turned_off(work: Initiative, cast: Cast, client: Client) -> None:
    words = paused(work, cast)
    client.force_login(cast.finance)
    page = client.get(reverse("funding:cost_object", args=[work.cost_object_id])).content.decode()
    assert words in page
    assert reverse("funding:commit", args=[work.cost_object_id]) not in page
    form = {"pool": ops().pk, "amount": "10", "memo": "", "key": str(uuid4())}
    answer = client.post(reverse("funding:commit", args=[work.cost_object_id]), form)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert money(work).committed == 40
