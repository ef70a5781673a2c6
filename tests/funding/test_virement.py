"""Money moves from one pool to another when both sides agree, and never otherwise."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.models import AGREE, Consent, Journal, Pool, Virement, VirementState
from initiatives.funding.models.posting import Act
from initiatives.funding.tasks import expire
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.refusals import refusal


def proposed(treasury: Treasury, amount: str = "300.00", *, by: User | None = None, **more: Any) -> Virement:
    giver, taker = treasury.pool("OPS"), treasury.pool("IT")
    _ = treasury.cast.head("OPS"), treasury.cast.head("IT")
    return Virement.objects.propose(
        giver, taker, Decimal(amount), reason="Kiosks need a network.", by=by or treasury.cast.head("OPS"), **more
    )


def money(treasury: Treasury, code: str) -> tuple[Decimal, Decimal]:
    pool = treasury.pool(code)
    return pool.appropriated, pool.free


def test_money_moves_when_both_sides_agree(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    assert money(treasury, "OPS") == (1000, 1000)
    virement.agree(by=cast.head("IT"))
    virement.refresh_from_db()
    assert virement.state == VirementState.MADE
    assert money(treasury, "OPS") == (700, 700)
    assert money(treasury, "IT") == (1300, 1300)
    assert books.verify().right


def test_who_proposes_for_a_side_has_agreed_for_it(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    assert [consent.by for consent in virement.given()] == [cast.head("OPS")]
    assert [missing.pool.pk for missing in virement.missing()] == [treasury.pool("IT").pk]
    ask = Obligation.objects.open_now().get(kind=AGREE)
    assert ask.person == cast.head("IT")


def test_finance_proposes_and_both_sides_are_asked(treasury: Treasury, cast: Cast) -> None:
    proposed(treasury, by=cast.finance)
    asked = {ask.person for ask in Obligation.objects.open_now().filter(kind=AGREE)}
    assert asked == {cast.head("OPS"), cast.head("IT")}


def test_nobody_agrees_for_both_sides(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    assert "both sides" in refusal(lambda: virement.agree(by=cast.head("OPS")))
    assert money(treasury, "IT") == (1000, 1000)
    assert Consent.objects.count() == 1


def test_a_stranger_neither_proposes_nor_agrees(treasury: Treasury, cast: Cast) -> None:
    giver, taker = treasury.pool("OPS"), treasury.pool("IT")
    for stranger in (cast.head("HR"), cast.contributor("OPS"), cast.auditor, cast.administrator):
        said = refusal(lambda by=stranger: Virement.objects.propose(giver, taker, Decimal(1), reason="Why not.", by=by))
        assert said.startswith("Only who leads")
    virement = proposed(treasury)
    assert "not yours" in refusal(lambda: virement.agree(by=cast.head("HR")))
    assert (Virement.objects.count(), Consent.objects.count(), Journal.objects.filter(act=Act.TRANSFERRED).count()) == (1, 1, 0)


def test_more_than_is_free_does_not_move(treasury: Treasury, cast: Cast) -> None:
    assert "1,000.00" in refusal(lambda: proposed(treasury, "1000.01"))
    virement = proposed(treasury, "900.00")
    treasury.funded(treasury.cost_object(), OPS="200.00")
    virement = Virement.objects.with_pools().get(pk=virement.pk)
    said = refusal(lambda: virement.agree(by=cast.head("IT")))
    assert said == f"{virement.giver} does not have 900.00 EUR free.", "what the giver has is not for the taker"
    assert money(treasury, "IT") == (1000, 1000)


def test_who_sees_the_giver_is_told_what_it_has(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury, "900.00", by=cast.finance)
    treasury.funded(treasury.cost_object(), OPS="200.00")
    virement = Virement.objects.with_pools().get(pk=virement.pk)
    assert "800.00 EUR free; 900.00 is asked" in refusal(lambda: virement.agree(by=cast.head("OPS")))
    assert not virement.given().exists()


def test_a_proposal_tells_the_taker_nothing_of_the_giver(treasury: Treasury, cast: Cast) -> None:
    """Neither a figure nor whether there is enough: else the balance could be found by proposing again and again."""
    for amount in ("1.00", "1000.01"):
        assert proposed(treasury, amount, by=cast.head("IT")).state == VirementState.PROPOSED
    too_much = Virement.objects.with_pools().newest_first()[0]
    assert "1,000.00 EUR free" in refusal(lambda: too_much.agree(by=cast.head("OPS")))
    assert money(treasury, "OPS") == (1000, 1000)


def test_the_taker_agrees_first_without_hearing_of_the_giver(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury, "900.00", by=cast.finance)
    treasury.funded(treasury.cost_object(), OPS="200.00")
    virement = Virement.objects.with_pools().get(pk=virement.pk)
    virement.agree(by=cast.head("IT"))
    assert "800.00 EUR free" in refusal(lambda: virement.agree(by=cast.head("OPS")))
    assert money(treasury, "IT") == (1000, 1000)


def test_a_side_that_may_no_longer_agree_stops_it(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    head = cast.head("OPS")
    head.roles.get().end(by=cast.administrator, reason="Moved on.")
    assert "may no longer" in refusal(lambda: virement.agree(by=cast.head("IT")))
    assert money(treasury, "OPS") == (1000, 1000)


def test_what_was_shown_is_what_is_agreed_to(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    with pytest.raises(Stale):
        virement.agree(by=cast.head("IT"), shown="something else")
    virement.agree(by=cast.head("IT"), shown=virement.shown())
    assert virement.state == VirementState.MADE


def test_the_same_form_twice_moves_money_once(treasury: Treasury, cast: Cast) -> None:
    key, yes = uuid4(), uuid4()
    first, second = proposed(treasury, key=key), proposed(treasury, key=key)
    assert first == second
    for _ in range(2):
        first.agree(by=cast.head("IT"), key=yes)
    assert money(treasury, "IT") == (1300, 1300)
    with pytest.raises(BadInput):
        proposed(treasury, "5.00", key=key)


def test_declining_needs_a_reason_and_ends_it(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    with pytest.raises(BadInput):
        virement.decline(by=cast.head("IT"), reason=" ")
    virement.decline(by=cast.head("IT"), reason="We have no use for it.")
    assert virement.state == VirementState.DECLINED
    assert not Obligation.objects.open_now().filter(kind=AGREE).exists()
    assert "declined already" in refusal(lambda: virement.agree(by=cast.head("IT")))
    assert money(treasury, "OPS") == (1000, 1000)


def test_only_who_proposed_it_takes_it_back(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    assert "Only who proposed" in refusal(lambda: virement.withdraw(by=cast.head("IT")))
    virement.withdraw(by=cast.head("OPS"))
    assert virement.state == VirementState.WITHDRAWN


def test_what_nobody_answers_expires_once(treasury: Treasury, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    virement = proposed(treasury)
    expire()
    virement.refresh_from_db()
    assert virement.state == VirementState.PROPOSED
    later = clock.now() + timedelta(days=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    expire()
    expire()
    virement.refresh_from_db()
    assert virement.state == VirementState.EXPIRED
    assert money(treasury, "OPS") == (1000, 1000)


def test_finance_alone_does_not_undo_a_transfer(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    virement.agree(by=cast.head("IT"))
    entry = Journal.objects.get(virement=virement)
    before = money(treasury, "OPS"), money(treasury, "IT")
    with pytest.raises(RuleBroken, match="both sides agree"):
        entry.reverse(by=cast.finance, reason="Wrong pool.")
    with pytest.raises(IntegrityError, match="agreed to is undone"), transaction.atomic():
        Journal.objects.create(act=Act.REVERSED, by=cast.finance, content="", reverses=entry)
    assert (money(treasury, "OPS"), money(treasury, "IT")) == before
    assert books.verify().right


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("UPDATE funding_virement SET state = 'made'", "only after both sides agreed"),
        ("UPDATE funding_virement SET amount = 999", "stays as it is"),
        ("UPDATE funding_consent SET side = 'taker'", "append_only"),
        ("DELETE FROM funding_virement", "never_deleted"),
    ],
)
def test_the_database_keeps_it_too(treasury: Treasury, change: str, refusal: str) -> None:
    proposed(treasury)
    with pytest.raises(Exception, match=refusal) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert refused.value is not None
    assert Virement.objects.get().state == VirementState.PROPOSED


def test_the_database_moves_nothing_that_was_not_agreed(treasury: Treasury, cast: Cast) -> None:
    virement = proposed(treasury)
    giver = treasury.pool("OPS")
    source, available = (giver.accounts.get(kind=kind) for kind in ("source", "available"))
    with pytest.raises(IntegrityError, match="cannot move"), transaction.atomic():
        Journal.objects.create(act=Act.TRANSFERRED, by=cast.finance, content="", virement=virement).transfers.create(
            source=available, target=source, amount=virement.amount
        )
    assert money(treasury, "OPS") == (1000, 1000)


def test_pools_of_another_year_or_currency_are_refused(treasury: Treasury, cast: Cast) -> None:
    ours = treasury.pool("OPS")
    dollars = Pool.objects.create(year=treasury.year, department=cast.department("IT"), currency="USD")
    said = refusal(lambda: Virement.objects.propose(ours, dollars, Decimal(1), reason="Why.", by=cast.cxo))
    assert "USD" in said
    with pytest.raises(IntegrityError, match="one fiscal year and one currency"), transaction.atomic():
        Virement.objects.create(giver=ours, taker=dollars, amount=1, reason="x", by=cast.cxo, content="", agree_by=clock.today())


@pytest.mark.django_db(transaction=True)
def test_two_transfers_cannot_spend_the_same_money(treasury: Treasury, cast: Cast) -> None:
    """Two transfers of 700 of 1,000, agreed at the same instant: one moves, the other is refused."""
    pools = {code: treasury.pool(code) for code in ("OPS", "IT", "HR")}
    heads = [cast.head("IT"), cast.head("HR")]
    both = [
        Virement.objects.propose(pools["OPS"], pools[code], Decimal(700), reason="Both want it.", by=cast.head("OPS"))
        for code in ("IT", "HR")
    ]
    start, ends = Barrier(2), []

    def agree(number: int) -> None:
        start.wait()
        try:
            Virement.objects.with_pools().get(pk=both[number].pk).agree(by=heads[number])
            ends.append("made")
        except RuleBroken as refused:
            ends.append(str(refused))
        finally:
            connection.close()

    threads = [Thread(target=agree, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(end == "made" for end in ends) == [False, True]
    assert "does not have 700.00 EUR free" in next(end for end in ends if end != "made")
    assert treasury.pool("OPS").free == 300
    assert books.verify().right


# -- pages -----------------------------------------------------------------------------------------------------------------


def signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_the_effect_is_shown_before_it_is_proposed(treasury: Treasury, cast: Cast, client: Client) -> None:
    form = {
        "giver": treasury.pool("OPS").pk, "taker": treasury.pool("IT").pk,
        "amount": "300.00", "reason": "Kiosks need a network.", "key": str(uuid4()),
    }  # fmt: skip
    signed_in(client, cast.head("OPS"))
    preview = client.post(reverse("funding:virement_propose"), form)
    assert (preview.status_code, Virement.objects.count()) == (200, 0)
    shown = preview.content.decode()
    assert "700.00" in shown
    assert "withheld" in shown, "the other pool's money is not for this head"
    assert client.post(reverse("funding:virement_propose"), {**form, "sure": "1"}).status_code == 302
    assert Virement.objects.get().amount == 300


@pytest.mark.parametrize(
    ("field", "value"), [("amount", "-1"), ("amount", "1e3"), ("amount", ""), ("reason", " "), ("taker", "0"), ("taker", "x")]
)
def test_bad_input_is_told_at_the_field(treasury: Treasury, cast: Cast, client: Client, field: str, value: str) -> None:
    form = {
        "giver": treasury.pool("OPS").pk, "taker": treasury.pool("IT").pk, "amount": "3", "reason": "Why.",
        "key": str(uuid4()), "sure": "1", field: value,
    }  # fmt: skip
    answer = signed_in(client, cast.head("OPS")).post(reverse("funding:virement_propose"), form)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Virement.objects.exists()


def test_the_other_side_agrees_on_the_page(treasury: Treasury, cast: Cast, client: Client) -> None:
    virement = proposed(treasury)
    signed_in(client, cast.head("IT"))
    page = client.get(virement.get_absolute_url())
    assert page.status_code == 200
    sent = {"shown": page.context["report"].shown, "key": str(uuid4())}
    assert client.post(reverse("funding:virement_agree", args=[virement.pk]), sent).status_code == 302
    assert treasury.pool("IT").free == 1300
    entry = client.get(treasury.pool("IT").get_absolute_url()).content.decode()
    assert virement.get_absolute_url() in entry


def test_home_asks_for_the_answer(treasury: Treasury, cast: Cast, client: Client) -> None:
    virement = proposed(treasury)
    home = signed_in(client, cast.head("IT")).get(reverse("home")).content.decode()
    assert f"Agree to transfer {virement.pk} between pools" in home


def test_the_list_costs_the_same_with_more_rows(
    treasury: Treasury, cast: Cast, client: Client, django_assert_num_queries: Any
) -> None:
    signed_in(client, cast.finance)
    url = reverse("funding:virements")
    proposed(treasury, "1.00")
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)
    for _ in range(5):
        proposed(treasury, "1.00")
    with django_assert_num_queries(6):
        client.get(url)
