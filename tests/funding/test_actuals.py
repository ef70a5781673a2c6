"""Lines that wait are matched by hand, or set aside by two people; nothing of them is ever lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.above import Name
from initiatives.funding.models import ActualLine, CostObject, Delivery, Journal, Period
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.importing import deliver, line, spent, states
from tests.pools import kept
from tests.refusals import refused

pytestmark = pytest.mark.usefixtures("late_in_the_year", "uploads")


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_unplanned_spending_needs_its_reason(
    cast: Cast, treasury: Treasury, kiosks: CostObject, referred: dict[str, CostObject]
) -> None:
    """erpnext#6556: what nobody ordered is refused, or committed for a reason in the same act; never beyond what is allocated."""
    thing = referred["CX-002"] = treasury.cost_object()
    treasury.funded(thing, OPS="60.00", MKT="30.00")
    thing.commit(treasury.pool("OPS"), Decimal(20), by=cast.finance)
    deliver("1;50.00;CX-002", "2;40.01;CX-002", by=cast.finance)
    with pytest.raises(RuleBroken, match="Committed and not spent are 20"):
        line("1").match(thing, by=cast.finance)
    assert (spent(thing), states()["1"]) == (("20.00", "0.00"), "waiting money")
    line("1").match(thing, by=cast.finance, reason="The roof leaked")
    assert (spent(thing), states()["1"]) == (("0.00", "50.00"), "posted")
    extra = Journal.objects.filter(act="committed", memo="Unplanned: The roof leaked")
    assert sum(move.amount for entry in extra for move in entry.transfers.all()) == Decimal("30.00")
    with pytest.raises(RuleBroken, match=r"40.01 EUR more would have to be committed; 40.00 is open to it."):
        line("2").match(thing, by=cast.finance, reason="Again")
    assert (spent(thing), states()["2"]) == (("0.00", "50.00"), "waiting money")
    pool = treasury.pool("OPS")
    kept(cast, pool, post_control="stop", post_limit=1)
    deliver("4;5.00;CX-001", by=cast.finance)
    assert line("4").state == "waiting"
    assert line("4").problem.startswith("This goes beyond the limit of Ops department 2026")
    with pytest.raises(RuleBroken, match="goes beyond the limit"):
        line("4").match(kiosks, by=cast.finance)
    line("4").match(kiosks, by=cast.finance, reason="The invoice is due")
    assert line("4").journal.because == "The invoice is due"
    assert books.verify().right


def test_what_is_over_takes_a_late_invoice_for_a_reason_only(
    cast: Cast, treasury: Treasury, referred: dict[str, CostObject]
) -> None:
    thing = referred["OVER-1"] = treasury.cost_object()
    treasury.funded(thing, OPS="60.00")
    thing.commit(treasury.pool("OPS"), Decimal(60), by=cast.finance)
    deliver("1;50.00;OVER-1", by=cast.finance)
    with pytest.raises(RuleBroken, match="is over; say why"):
        line("1").match(thing, by=cast.finance)
    line("1").match(thing, by=cast.finance, reason="The last invoice came late")
    assert (states(), spent(thing)) == ({"1": "posted"}, ("10.00", "50.00"))
    assert Event.objects.filter(verb="funding.actualline.matched").get().reason == "The last invoice came late"


def test_a_line_of_a_closed_period_is_posted_to_another_day(cast: Cast, kiosks: CostObject) -> None:
    Period.objects.get(number=1).propose(by=cast.second_finance)
    Period.objects.get(number=1).close(by=cast.finance)
    deliver("1;2026-01-10;50.00;CX-001", "2;2026-02-10;5.00;", by=cast.finance)
    february = signed_in(cast.finance).get(Period.objects.get(number=2).get_absolute_url()).content.decode()
    assert "One line of finance’s files for these days is not in the ledger yet" in february
    with pytest.raises(RuleBroken):
        line("1").match(kiosks, by=cast.finance)
    line("1").match(kiosks, by=cast.finance, on=date(2026, 2, 1))
    assert (line("1").day, line("1").journal.on) == (date(2026, 1, 10), date(2026, 2, 1))


def test_two_people_set_a_line_aside_and_it_can_be_put_back(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;10.00;CX-999", by=cast.finance)
    with pytest.raises(BadInput):
        line("1").set_aside(by=cast.finance, reason=" ")
    with pytest.raises(RuleBroken, match="Only finance"):
        line("1").set_aside(by=cast.cxo, reason="Not ours")
    line("1").set_aside(by=cast.finance, reason="Not ours")
    ask = Obligation.objects.get(kind="funding.set_line_aside")
    assert (ask.person, ask.due_on) == (cast.second_finance, date(2026, 11, 27))
    assert Obligation.objects.get(kind="funding.match_lines").outcome == "met"
    with pytest.raises(RuleBroken, match="another person in finance confirms"):
        line("1").confirm(by=cast.finance)
    assert states() == {"1": "doubted"}
    line("1").confirm(by=cast.second_finance)
    ask.refresh_from_db()
    assert (states(), ask.outcome) == ({"1": "set_aside"}, "met")
    with pytest.raises(RuleBroken, match="set aside"):
        line("1").match(kiosks, by=cast.finance)
    line("1").put_back(by=cast.finance, reason="It is CX-001 after all")
    assert Obligation.objects.open_now().filter(kind="funding.match_lines").count() == 1
    line("1").match(kiosks, by=cast.finance)
    verbs = Event.objects.about(line("1")).order_by("pk").values_list("verb", "reason")
    assert [(verb.rpartition(".")[2], reason) for verb, reason in verbs] == [
        ("queued", "Nothing here has this reference."),
        ("set_aside_proposed", "Not ours"),
        ("set_aside", "Not ours"),
        ("put_back", "It is CX-001 after all"),
        ("matched", ""),
    ]


def test_a_reversed_actual_waits_again(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;10.00;CX-001", by=cast.finance)
    line("1").journal.reverse(by=cast.second_finance, reason="Of another initiative")
    assert (states(), spent(kiosks), line("1").journal) == ({"1": "waiting reversed"}, ("400.00", "0.00"), None)
    assert Obligation.objects.open_now().filter(kind="funding.match_lines").exists()
    line("1").match(kiosks, by=cast.finance)
    assert (states(), spent(kiosks)) == ({"1": "posted"}, ("390.00", "10.00"))
    assert books.verify().right


def test_by_sql_no_line_is_lost_changed_or_said_to_be_posted(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;10.00;CX-001", "2;10.00;CX-999", "3;20.00;CX-001", by=cast.finance)
    first, second, third = line("1"), line("2"), line("3")
    change = "UPDATE funding_actualline SET {} WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert refused("DELETE FROM funding_actualline").startswith("pgtrigger: Cannot delete")
    assert refused("TRUNCATE funding_actualline CASCADE").startswith("pgtrigger: Cannot truncate")
    assert refused(change.format("amount = 1"), second.pk) == "lines_stay_as_they_came"
    assert refused(change.format("state = 'waiting', journal_id = NULL"), first.pk) == "lines_go_their_way"
    assert refused(change.format("state = 'posted'"), second.pk) == "posted_as_the_line_says"
    moved = change.format("state = 'posted', journal_id = %s, cost_object_id = %s")
    assert "funding_actualline_journal_id_key" in refused(moved, first.journal_id, kiosks.pk, second.pk)  # of another line
    assert refused(moved, Journal.objects.filter(act="committed")[0].pk, kiosks.pk, second.pk) == "posted_as_the_line_says"
    aside = "state = 'doubted', reason = 'x', proposed_by_id = {0}"
    assert refused(change.format("state = 'set_aside'"), second.pk) == "lines_go_their_way"
    with connection.cursor() as cursor:
        cursor.execute(change.format(aside.format(cast.finance.pk)), [second.pk])
    alone = f"state = 'set_aside', confirmed_by_id = {cast.finance.pk}"
    assert refused(change.format(alone), second.pk) == "set_aside_by_two"
    assert refused("UPDATE funding_delivery SET count = 2").startswith("pgtrigger: Cannot update")
    assert states() == {"1": "posted", "2": "doubted", "3": "posted"}
    assert third.journal is not None


def test_the_books_notice_a_line_that_was_taken_away(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;10.00;CX-001", "2;10.00;CX-999", by=cast.finance)
    assert books.verify().right
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM funding_actualline WHERE document = '2'")
        cursor.execute("UPDATE funding_actualline SET amount = 11 WHERE document = '1'")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert [(fault.fault, fault.kept, fault.counted) for fault in books.verify().faults] == [
        ("the lines of a file are not all there", "2 lines, 20.00", "1 lines, 11.00"),
        ("the posted line is not in the ledger as it says", "11.00", "10.00"),
    ]


def test_the_pages_show_the_queue_and_settle_it(cast: Cast, kiosks: CostObject, named: dict[int, Name]) -> None:
    named[kiosks.pk] = Name("CX-001 Kiosks", "/initiatives/CX-001/")
    deliver("1;10.00;CX-001", "2;10.00;CX-999", "3;5.00;", by=cast.finance)
    client, page = signed_in(cast.finance), signed_in(cast.finance).get(reverse("funding:actuals")).content.decode()
    assert "<strong>2 lines wait</strong>" in page
    assert "Nothing has this reference" in page
    answer = client.post(reverse("funding:actual_match", args=[line("2").pk]), {"reference": "CX-404"})
    assert (answer.status_code, states()["2"]) == (422, "waiting reference")
    assert "No initiative and no single order has this reference." in answer.content.decode()
    early = client.post(reverse("funding:actual_confirm", args=[line("2").pk]))
    assert (early.status_code, "This line waits to be matched; nobody proposes" in early.content.decode()) == (409, True)
    client.post(reverse("funding:actual_match", args=[line("2").pk]), {"reference": "cx-001"})
    assert states()["2"] == "posted"
    again = client.post(reverse("funding:actual_match", args=[line("2").pk]), {"reference": "cx-001"})
    assert (again.status_code, "This line is posted." in again.content.decode()) == (409, True)
    client.post(reverse("funding:actual_set_aside", args=[line("3").pk]), {"reason": "Rent"})
    answer = client.post(reverse("funding:actual_confirm", args=[line("3").pk]))
    assert states()["3"] == "doubted"
    signed_in(cast.second_finance).post(reverse("funding:actual_confirm", args=[line("3").pk]))
    assert states()["3"] == "set_aside"
    posted = client.get(reverse("funding:actuals"), {"state": "posted"}).content.decode()
    assert posted.count("CX-001 Kiosks") == 2
    assert "Paid by" in client.get(line("2").get_absolute_url()).content.decode()


def test_an_owner_reads_the_lines_of_the_own_money_and_nobody_elses(
    cast: Cast, treasury: Treasury, kiosks: CostObject, named: dict[int, Name]
) -> None:
    deliver("1;10.00;CX-001", "2;10.00;CX-999", by=cast.finance)
    assert "Restricted item" in signed_in(cast.finance).get(line("1").get_absolute_url()).content.decode()
    owner, other = signed_in(kiosks.owner), signed_in(cast.contributor("HR"))
    assert owner.get(line("1").get_absolute_url()).status_code == 200
    assert {owner.get(line("2").get_absolute_url()).status_code, other.get(line("1").get_absolute_url()).status_code} == {404}
    assert owner.get(reverse("funding:actuals")).status_code == 403
    assert set(ActualLine.objects.visible_to(kiosks.owner)) == {line("1")}
    assert not ActualLine.objects.visible_to(cast.contributor("HR")).exists()
    assert not Delivery.objects.visible_to(kiosks.owner).exists()


def test_who_leaves_finance_hands_the_queue_over(cast: Cast) -> None:
    assert cast.finance.pk < cast.second_finance.pk
    deliver("1;10.00;CX-999", by=cast.finance)
    asked = Obligation.objects.open_now().get(kind="funding.match_lines")
    assert asked.person == cast.finance
    cast.finance.roles.get(kind="finance").end(by=cast.administrator)
    assert Obligation.objects.open_now().get(kind="funding.match_lines").person == cast.second_finance
