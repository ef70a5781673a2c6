"""One initiative paid in several currencies: each is a book of its own, and none is left out in silence."""

import random
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.imports import running
from initiatives.core.imports.mapping import FieldMap
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.funding import books, reports
from initiatives.funding.models import (
    Account,
    Act,
    CostObject,
    ExchangeRate,
    ForeignMoney,
    FundingRequest,
    Kind,
    Transfer,
)
from initiatives.funding.models.crediting import credit, spend_unplanned
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.importing import HEAD, checked, line, states
from tests.pools import opened
from tests.tampering import held

FIGURES = ("asked", "allocated", "committed", "spent")


def figures(thing: CostObject) -> dict[str, tuple[str, ...]]:
    thing.refresh_from_db()
    return {sums.currency: tuple(str(getattr(sums, name)) for name in FIGURES) for sums in thing.figures()}


@pytest.fixture
def abroad(cast: Cast, treasury: Treasury) -> Treasury:
    """OPS keeps euros; USA and MEX keep dollars."""
    treasury.pool("OPS")
    for code in ("USA", "MEX"):
        department = cast.department(code)
        treasury.pools[code] = opened(cast, treasury.year, department, Decimal("1000.00"), by=cast.second_finance, currency="USD")
    return treasury


@pytest.fixture
def kiosks(cast: Cast, abroad: Treasury) -> CostObject:
    """EUR 300 of one pool, USD 200 and 100 of two."""
    thing = abroad.cost_object()
    abroad.funded(thing, OPS="300.00")
    abroad.funded(thing, USA="200.00", MEX="100.00")
    return thing


def test_money_of_another_currency_goes_its_whole_way(cast: Cast, abroad: Treasury) -> None:
    thing = abroad.cost_object()
    request = abroad.submitted(thing, USA="200.00")
    assert figures(thing) == {"EUR": ("0.00",) * 4, "USD": ("200.00", "0.00", "0.00", "0.00")}
    assert (request.currency, request.due()[0].currency) == ("USD", "USD")
    request.approve(by=cast.head("USA"))
    assert [due.currency for due in request.due()] == ["USD"]
    request.approve(by=cast.second_finance)
    pool = abroad.pool("USA")
    thing.commit(pool, Decimal("150.00"), by=cast.finance)
    thing.spend(pool, Decimal("90.00"), by=cast.finance)
    credit(thing, Decimal("10.00"), by=cast.finance, currency="USD")
    thing.release(pool, Decimal("20.00"), by=cast.finance)
    entry = thing.commit(pool, Decimal("30.00"), by=thing.owner)
    assert figures(thing)["USD"] == ("0.00", "180.00", "100.00", "80.00")
    entry.reverse(by=cast.finance, reason="Twice")
    assert figures(thing) == {"EUR": ("0.00",) * 4, "USD": ("0.00", "180.00", "70.00", "80.00")}
    assert (str(abroad.pool("USA").free), thing.other_currencies) == ("820.00", 1)
    assert books.verify().faults == []


def test_what_is_declined_or_withdrawn_is_asked_no_more(cast: Cast, abroad: Treasury) -> None:
    thing = abroad.cost_object()
    abroad.submitted(thing, USA="5.00").withdraw(by=thing.owner)
    abroad.submitted(thing, MEX="7.00").decline(by=cast.head("MEX"), reason="Not this year")
    assert figures(thing)["USD"] == ("0.00",) * 4
    assert ForeignMoney.objects.count() == 1


def test_the_database_keeps_an_entry_in_one_currency(cast: Cast, abroad: Treasury, kiosks: CostObject) -> None:
    entry = kiosks.commit(abroad.pool("OPS"), Decimal(10), by=cast.finance)
    source = Account.objects.get(pool=abroad.pool("USA"), kind=Kind.ALLOCATED)
    target = Account.objects.get(pool=abroad.pool("USA"), kind=Kind.COMMITTED)
    before = figures(kiosks)
    with pytest.raises(IntegrityError, match="An entry is in one currency"), transaction.atomic():
        Transfer.objects.create(journal=entry, source=source, target=target, amount=Decimal(10))
    assert figures(kiosks) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE funding_foreignmoney SET allocated = allocated + 1",
        "UPDATE funding_foreignmoney SET currency = 'GBP'",
        "UPDATE funding_costobject SET other_currencies = 0",
        """INSERT INTO funding_foreignmoney (cost_object_id, currency, asked, allocated, committed, spent)
        SELECT id, 'GBP', 0, 1, 0, 0 FROM funding_costobject""",
    ],
)
def test_nobody_edits_the_figures(kiosks: CostObject, sql: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_more_than_was_given_in_a_currency_is_not_used(cast: Cast, abroad: Treasury, kiosks: CostObject) -> None:
    kiosks.commit(abroad.pool("OPS"), Decimal(300), by=cast.finance)
    kiosks.commit(abroad.pool("USA"), Decimal(200), by=cast.finance)
    before = figures(kiosks)
    with pytest.raises(RuleBroken, match=r"200.00 USD from all pools"):
        kiosks.spend(None, Decimal("200.01"), by=cast.finance, currency="USD")
    with pytest.raises(RuleBroken, match=r"150.00 USD more would have to be committed; 100.00 is open"):
        spend_unplanned(kiosks, Decimal(350), by=cast.finance, reason="Late", currency="USD")
    assert figures(kiosks) == before
    spend_unplanned(kiosks, Decimal(250), by=cast.finance, reason="Late", currency="USD")
    assert figures(kiosks)["USD"] == ("0.00", "300.00", "0.00", "250.00")
    assert figures(kiosks)["EUR"] == before["EUR"]


def test_gates_hold_other_currencies_until_the_last(
    cast: Cast, abroad: Treasury, kiosks: CostObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(kiosks, Decimal("100.00"))
    before, pool = figures(kiosks), abroad.pool("USA")
    with pytest.raises(RuleBroken, match="before the last gate"):
        kiosks.commit(pool, Decimal(1), by=cast.finance)
    monkeypatch.setattr(CostObject, "obstacle_to_use", lambda *asked: None)  # the database knows by itself
    with pytest.raises(IntegrityError, match="before the last gate"), transaction.atomic():
        kiosks._post(Act.COMMITTED, pool, Decimal(1), by=cast.finance, key=None, memo="")
    assert figures(kiosks) == before
    kiosks.release(pool, Decimal(1), by=cast.finance)
    held(kiosks, Decimal(0))
    kiosks.commit(pool, Decimal(1), by=cast.finance)
    assert figures(kiosks)["USD"] == ("0.00", "299.00", "1.00", "0.00")


def test_whatever_is_posted_each_currency_adds_up_to_the_cent(cast: Cast, abroad: Treasury, kiosks: CostObject) -> None:
    """Random acts in both currencies: the parts of each are the amount, in pools of that currency only."""
    chance, entries, posted = random.Random(7), [], 0
    for _ in range(60):
        currency = chance.choice(["EUR", "USD"])
        pool = abroad.pool("OPS" if currency == "EUR" else chance.choice(["USA", "MEX"]))
        amount, act = (
            Decimal(chance.randint(1, 9_999)) / 100,
            chance.choice(["commit", "commit", "spend", "spend", "credit", "back"]),
        )
        before = figures(kiosks)
        try:
            if act == "commit":
                entry = kiosks.commit(pool, amount, by=kiosks.owner)
            elif act == "spend":
                entry = kiosks.spend(None, amount, by=cast.finance, currency=currency)
            elif act == "credit":
                entry = credit(kiosks, amount, by=cast.finance, currency=currency)
            else:
                entry = chance.choice(entries).reverse(by=cast.second_finance, reason="Wrong") if entries else None
        except RuleBroken:
            assert figures(kiosks) == before
            continue
        if entry is None or act == "back":
            continue
        posted, entries = posted + 1, [*entries, entry]
        parts = entry.transfers.select_related("source__pool")
        assert sum(part.amount for part in parts) == amount
        assert {part.source.pool.currency for part in parts} == {currency}
        other = "USD" if currency == "EUR" else "EUR"
        assert figures(kiosks)[other] == before[other]
    assert posted > 20
    assert books.verify().faults == []


def test_a_line_of_a_file_is_paid_by_the_pools_of_its_currency(
    cast: Cast, abroad: Treasury, kiosks: CostObject, referred: dict[str, CostObject], uploads: None
) -> None:
    referred["CX-001"] = kiosks
    for code, amount in (("USA", "100.00"), ("MEX", "50.00"), ("OPS", "60.00")):
        kiosks.commit(abroad.pool(code), Decimal(amount), by=cast.finance)
    head, day = HEAD.replace("Text", "Text;Currency"), clock.company_day()
    rows = [
        f"{document};{day};{amount};CX-001;Invoice;{code}\n"
        for document, amount, code in (("1", "30.00", "USD"), ("2", "30.00", "GBP"))
    ]
    run = checked(f"{head}{''.join(rows)}Total;;60.00;;;\n", by=cast.finance, currency=FieldMap(columns=("Currency",)))
    run.confirm(by=cast.finance, call=False)
    running.run(run.pk)
    assert states() == {"1": "posted", "2": "waiting currency"}
    assert figures(kiosks) == {"EUR": ("0.00", "300.00", "60.00", "0.00"), "USD": ("0.00", "300.00", "120.00", "30.00")}
    with pytest.raises(RuleBroken, match="The line is in GBP"):
        line("2").match(kiosks, by=cast.finance)
    assert books.verify().faults == []


# -- pages -------------------------------------------------------------------------------------------------------------------


def shown(client: Client, kiosks: CostObject) -> str:
    return " ".join(client.get(reverse("funding:cost_object", args=[kiosks.pk])).content.decode().split())


def test_the_panel_says_each_currency_and_the_total_at_its_rate(cast: Cast, abroad: Treasury, kiosks: CostObject) -> None:
    client = Client()
    client.force_login(cast.finance)
    page = shown(client, kiosks)
    assert "no rate" in page
    assert "Not in the total: USD, for which there is no exchange rate." in page
    money = reports.money_panel(cast.finance, kiosks).money
    assert money is not None
    assert (money.totals["allocated"], money.left_out) == (Decimal("300.00"), ["USD"])
    ExchangeRate.objects.enter("USD", date(2026, 1, 5), Decimal("0.9215"), by=cast.finance)
    money = reports.money_panel(cast.finance, kiosks).money
    assert money is not None
    assert (money.totals["allocated"], money.left_out) == (Decimal("576.45"), [])
    page = shown(client, kiosks)
    assert "× 0.9215 EUR, rate of" in page
    assert "5 Jan 2026" in page
    assert "no rate" not in page
    assert "576.45" in page


def test_whose_amounts_are_withheld_sees_no_currency(cast: Cast, kiosks: CostObject) -> None:
    panel = reports.money_panel(cast.contributor("MKT"), kiosks)
    assert (panel.open, panel.money, panel.requests) == (False, None, [])


def test_money_is_asked_for_in_one_currency_a_request(cast: Cast, abroad: Treasury) -> None:
    client, thing = Client(), abroad.cost_object()
    client.force_login(thing.owner)
    url = reverse("funding:request_draft", args=[thing.pk])
    page = client.get(url).content.decode()
    key = page.split('name="key" value="')[1].split('"')[0]
    names = {code: f"pool-{abroad.pool(code).pk}" for code in ("OPS", "USA", "MEX")}
    assert page.index(names["OPS"]) < page.index(names["MEX"]) < page.index(names["USA"])
    sent = {"key": key, "purpose": "Kiosks", names["USA"]: "10", names["OPS"]: "5"}
    refused = client.post(url, sent)
    assert refused.status_code == 422
    assert "ask for EUR and USD apart" in refused.content.decode()
    assert not FundingRequest.objects.exists()
    del sent[names["OPS"]]
    assert client.post(url, sent).status_code == 302
    assert FundingRequest.objects.get().currency == "USD"


def test_all_pools_of_one_currency_pay_together(cast: Cast, abroad: Treasury, kiosks: CostObject) -> None:
    for code, amount in (("USA", "100.00"), ("MEX", "50.00"), ("OPS", "60.00")):
        kiosks.commit(abroad.pool(code), Decimal(amount), by=cast.finance)
    client = Client()
    client.force_login(cast.finance)
    url = reverse("funding:spend", args=[kiosks.pk])
    key = shown(client, kiosks).split('name="key" value="')[1].split('"')[0]
    sent = {"key": key, "amount": "30", "currency": "USD", "memo": "Invoice 7"}
    page = client.post(url, sent)
    shares = page.context["shares"]
    assert [(str(pool), str(part)) for pool, part, _ in shares] == [
        ("Usa department 2026", "20.00"),
        ("Mex department 2026", "10.00"),
    ]
    signature = page.content.decode().split('name="shown" value="')[1].split('"')[0]
    assert client.post(url, {**sent, "currency": "GBP", "shown": signature}).status_code == 422
    done = client.post(url, {**sent, "shown": signature}, follow=True)
    assert "30.00 USD are spent" in done.content.decode()
    assert figures(kiosks) == {"EUR": ("0.00", "300.00", "60.00", "0.00"), "USD": ("0.00", "300.00", "120.00", "30.00")}


def test_a_form_without_lines_asks_nothing(abroad: Treasury) -> None:
    thing = abroad.cost_object()
    with pytest.raises(BadInput, match="how much"):
        FundingRequest.objects.draft(thing, lines=[], purpose="Kiosks", by=thing.owner)
