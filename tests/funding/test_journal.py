"""The company's journal: each reads what they may, filters say what they cannot read, and a file holds what the pages show."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from initiatives.funding.above import Name
from initiatives.funding.models import Account, Act, CostObject, Journal, Transfer
from initiatives.funding.reports import book
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

PATH, CSV, XLSX = (reverse(f"funding:{name}") for name in ("journal", "journal_csv", "journal_xlsx"))
SECRETS = ("CANARY", "CX-002")


pytestmark = pytest.mark.usefixtures("late_in_the_year")


@pytest.fixture
def world(
    cast: Cast, treasury: Treasury, named: dict[int, Name], referred: dict[str, CostObject]
) -> tuple[CostObject, CostObject, CostObject]:
    """Kiosks of OPS, a secret of MKT that OPS pays and nobody may open, and signs of MKT. The first order for signs is undone."""
    kiosks, secret, signs = treasury.cost_object(), treasury.cost_object(code="MKT"), treasury.cost_object(code="MKT")
    named[kiosks.pk], named[signs.pk] = (
        Name("CX-001 Kiosks", "/initiatives/CX-001/"),
        Name("CX-003 Signs", "/initiatives/CX-003/"),
    )
    referred.update({"CX-001": kiosks, "CX-002": secret, "CX-003": signs})
    for thing, code, memo in ((kiosks, "OPS", "=PO 17"), (secret, "OPS", "CANARY"), (signs, "MKT", "PO 30")):
        treasury.funded(thing, **{code: "100.00"})
        thing.commit(treasury.pool(code), Decimal(60), by=cast.finance, memo=memo, on=date(2026, 3, 10))
    signs.spend(treasury.pool("MKT"), Decimal("40.50"), by=cast.finance, on=date(2026, 9, 1), memo="PO 30")
    wrong = kiosks.commit(treasury.pool("OPS"), Decimal(7), by=cast.finance, memo="Typing mistake")
    wrong.reverse(by=cast.second_finance, reason="Meant for signs.")
    return kiosks, secret, signs


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def entries(user: User, path: str = CSV, **query: Any) -> list[dict[str, str]]:
    """The rows of the file, by name of column."""
    answer = as_(user).get(path, query)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def said(rows: list[dict[str, str]]) -> list[tuple[str, str, str]]:
    return [(row["act"], row["for"], row["amount"]) for row in rows]


# -- who reads what ------------------------------------------------------------------------------------------------------------


def test_who_answers_for_the_companys_money_reads_every_entry(cast: Cast, world: Any) -> None:
    rows = entries(cast.finance)
    assert {int(row["transfer"]) for row in rows} == set(Transfer.objects.values_list("pk", flat=True))
    assert {row["act"] for row in rows} == {"Appropriated", "Allocated", "Committed", "Spent", "Reversed"}
    assert [row["day"] for row in rows] == sorted((row["day"] for row in rows), reverse=True)
    restricted = [row for row in rows if row["for"] == "Restricted item"]
    assert {(row["memo"], row["posted by"]) for row in restricted} == {("", "")}  # no more of it than on a pool's page
    assert entries(cast.cxo) == entries(cast.ceo) == entries(cast.auditor) == rows


def test_a_head_reads_the_own_pools_and_restricted_money_as_one_sum_an_act(cast: Cast, world: Any) -> None:
    rows = entries(cast.head("OPS"))
    assert {row["pool"] for row in rows} == {"Ops department 2026"}
    assert said(rows)[-2:] == [("Allocated", "Restricted item", "100.00"), ("Committed", "Restricted item", "60.00")]
    assert [row["day"] for row in rows[-2:]] == ["", ""]
    assert all(row["for"] in ("", "CX-001 Kiosks") for row in rows[:-2])
    assert {row[name] for row in rows for name in ("entry", "transfer", "from account", "to account", "reverses")} == {""}
    other = entries(cast.head("MKT"))  # MKT's secret is its head's money, but not open to them either
    assert {row["pool"] for row in other} == {"Mkt department 2026"}
    assert "Restricted item" not in {row["for"] for row in other}


def test_a_contributor_reads_what_they_work_on_and_nobody_reads_nothing(cast: Cast, world: Any) -> None:
    rows = entries(cast.contributor("OPS"))
    assert {row["for"] for row in rows} == {"CX-001 Kiosks"}
    assert len(rows) == 4
    page = as_(cast.contributor("OPS")).get(PATH)
    assert 'name="pool"' not in page.content.decode()
    assert 'name="department"' not in page.content.decode()
    for who in (cast.nobody, cast.administrator):
        assert as_(who).get(PATH).status_code == as_(who).get(CSV).status_code == 403


def test_no_filter_tells_of_what_is_restricted(cast: Cast, world: Any) -> None:
    _, secret, signs = world
    for user in (cast.finance, cast.head("OPS"), cast.contributor("OPS")):
        for query in (
            {},
            {"q": "CANARY"},
            {"person": "Fiona"},
            {"act": "committed"},
            {"start": "2026-03-10", "end": "2026-03-10"},
        ):
            for path in (PATH, CSV):
                text = as_(user).get(path, query).content.decode().replace('value="CANARY"', "").replace("Words: CANARY", "")
                text = text.replace("q=CANARY", "")
                assert not any(secret in text for secret in SECRETS), (user, query, path)
        assert entries(user, q="CANARY") == []
        hidden, unknown = (as_(user).get(PATH, {"initiative": name}) for name in ("CX-002", "CX-999"))
        assert hidden.status_code == unknown.status_code == 422
        assert "is no initiative “CX-002” that you may see" in hidden.content.decode()
        assert "is no initiative “CX-999” that you may see" in unknown.content.decode()
    head = cast.head("OPS")
    for query in ({"start": "2026-01-01"}, {"end": "2026-12-31"}, {"low": "60"}, {"high": "60"}, {"person": "f"}, {"q": "PO"}):
        assert "Restricted item" not in {row["for"] for row in entries(head, **query)}, query
        assert "Left out" in as_(head).get(PATH, query).content.decode()
    assert as_(head).get(PATH, {"cost_object": secret.pk}).status_code == 422
    assert as_(head).get(PATH, {"cost_object": signs.pk}).status_code == 422
    assert said(entries(cast.finance, cost_object=secret.pk)) == [
        ("Allocated", "Restricted item", "100.00"),
        ("Committed", "Restricted item", "60.00"),
    ]
    assert said(entries(cast.finance, person="Fiona", act="committed")) == [
        ("Committed", "CX-001 Kiosks", "7.00"),
        ("Committed", "CX-003 Signs", "60.00"),
        ("Committed", "CX-001 Kiosks", "60.00"),
    ]
    numbered = as_(head).get(PATH, {"entry": Journal.objects.earliest("pk").pk})
    assert "No. " not in numbered.content.decode()
    assert "entry=" not in numbered.content.decode()


# -- filters -------------------------------------------------------------------------------------------------------------------


def test_each_filter_finds_its_entries(cast: Cast, treasury: Treasury, world: Any) -> None:
    signs = world[2]

    def count(**query: Any) -> int:
        return len(entries(cast.finance, **query))

    every = count()
    assert sum(count(act=act) for act in Act.values) == every == Transfer.objects.count()
    assert count(start="2026-03-01", end="2026-03-31") == 3
    assert count(end="2026-03-09") == 0
    assert count(year="2026") == every
    assert count(pool=treasury.pool("MKT").pk) == count(department="MKT") == 4
    assert count(department="none") == 0
    assert count(initiative="cx-003") == count(cost_object=signs.pk) == 3
    assert count(q="po 30") == 2
    assert count(person="felix", act="reversed") == 1
    assert count(low="40.50", high="60") == 4
    assert count(low="60.01", high="99.99") == 0
    wrong = Journal.objects.get(memo="Typing mistake")
    assert count(entry=wrong.pk) == 1
    page = as_(cast.finance).get(PATH, {"entry": wrong.reversed_by.pk}).content.decode()
    assert f'href="?entry={wrong.pk}"' in page
    assert "Meant for signs." in page


UNREADABLE = [
    ("start", "31.3.2026", "is not a day"),
    ("end", "9999-01-01", "Choose a day between"),
    ("act", "stolen", "Select a valid choice"),
    ("year", "1999", "Select a valid choice"),
    ("pool", "x", "Select a valid choice"),
    ("department", "NIX", "Select a valid choice"),
    ("low", "1,000", "two ways"),
    ("high", "-1", "Write an amount"),
    ("q", "a\u200bb", "invisible characters"),
    ("q", "x" * 201, "at most 200 characters"),
]


def test_what_cannot_be_read_is_said_at_its_field(cast: Cast, treasury: Treasury) -> None:
    _, client = treasury.pool("OPS"), as_(cast.finance)
    for path, (name, value, words) in ((path, case) for case in UNREADABLE for path in (PATH, CSV)):
        answer = client.get(path, {name: value})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert f'id="filter-{name}_error"' in answer.content.decode()
    assert client.get(XLSX, {"entry": "9" * 30}).status_code == 422
    assert client.get(PATH, {"cost_object": "x"}).status_code == 422
    assert client.get(PATH, {"page": "9999"}).status_code == 200
    for query in ({"start": "2026-03-02", "end": "2026-03-01"}, {"low": "2", "high": "1"}):
        assert client.get(PATH, query).status_code == 422
    assert "There is no such money that you may see." in client.get(PATH, {"cost_object": "7" * 9}).content.decode()
    assert '<details class="filters-more" open>' in client.get(PATH, {"low": "1,000"}).content.decode()
    assert '<details class="filters-more">' in client.get(PATH).content.decode()


# -- the file ------------------------------------------------------------------------------------------------------------------


def test_a_file_holds_what_the_pages_show_and_reconciles_with_the_ledger(
    cast: Cast, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "ROWS", 5)
    monkeypatch.setattr(book, "FILE_ROWS", 3)
    for user, query in (
        (cast.finance, {}),
        (cast.finance, {"act": "committed"}),
        (cast.head("OPS"), {}),
        (cast.contributor("OPS"), {}),
    ):
        shown, number, more = [], 1, True
        while more:
            answer = as_(user).get(PATH, query | {"page": number}).context
            shown += [(entry.transfer.journal.on.isoformat(), f"{entry.transfer.amount}") for entry in answer["report"].entries]
            hidden, number, more = answer["report"].hidden, number + 1, answer["page"].has_next()
        shown += [("", f"{heap.amount}") for heap in hidden]
        rows = entries(user, **query)
        assert [(row["day"], row["amount"]) for row in rows] == shown
        heaps = answer["report"].sums
        assert sum(heap.count for heap in heaps) + len(hidden) == len(rows)
        assert sum(heap.amount for heap in heaps) + sum(heap.amount for heap in hidden) == sum(
            Decimal(row["amount"]) for row in rows
        )
    balances: dict[str, Decimal] = {}
    for row in entries(cast.finance):
        balances[row["to account"]] = balances.get(row["to account"], Decimal(0)) + Decimal(row["amount"])
        balances[row["from account"]] = balances.get(row["from account"], Decimal(0)) - Decimal(row["amount"])
    kept = dict(Account.objects.filter(pk__in=balances).values_list("pk", "balance"))
    assert {int(pk): balance for pk, balance in balances.items()} == kept


def test_no_cell_of_a_file_is_a_formula(cast: Cast, world: Any) -> None:
    assert entries(cast.finance, q="PO 17")[0]["memo"] == "'=PO 17"
    answer = as_(cast.finance).get(XLSX, {"q": "PO 17"})
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert "=PO 17" in [cell.value for cell in cells]
    assert not any(cell.data_type == "f" for cell in cells)


# -- the page ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "most"), [("finance", 14), ("head OPS", 18), ("contributor OPS", 18)])
def test_questions_do_not_grow_with_entries(cast: Cast, treasury: Treasury, world: Any, part: str, most: int) -> None:
    part, _, code = part.partition(" ")
    client = as_(getattr(cast, part)(code) if code else getattr(cast, part))

    def asked(**query: str) -> int:
        client.get(PATH, query)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PATH, query).status_code == 200
        return len(queries)

    before, filtered = asked(), asked(q="PO", initiative="CX-001" if code != "MKT" else "")
    for _ in range(4):
        world[0].commit(treasury.pool("OPS"), Decimal(1), by=cast.finance, memo="PO")
    assert asked() == before <= most
    assert asked(q="PO", initiative="CX-001") == filtered <= most + 3


def test_an_entry_of_several_transfers_is_counted_once(cast: Cast, treasury: Treasury, world: Any) -> None:
    treasury.funded(world[0], MKT="5.00", OPS="5.00")
    report = as_(cast.finance).get(PATH, {"act": "allocated"}).context["report"]
    assert (report.count, sum(heap.count for heap in report.sums)) == (4, 5)
    page = as_(cast.finance).get(PATH, {"act": "allocated"}).content.decode()
    assert "<strong>4 entries</strong> with 5 transfers" in page


def test_money_pages_lead_to_the_journal(cast: Cast, treasury: Treasury, world: Any) -> None:
    kiosks, pool = world[0], treasury.pool("OPS")
    finance = as_(cast.finance)
    assert f"{PATH}?pool={pool.pk}" in finance.get(pool.get_absolute_url()).content.decode()
    assert f"{PATH}?cost_object={kiosks.pk}" in finance.get(kiosks.get_absolute_url()).content.decode()
    year = reverse("funding:department_year", args=[pool.department_id])
    assert f"{PATH}?department=OPS&amp;year=2026" in finance.get(year).content.decode()
    assert f'href="{PATH}"' in finance.get(reverse("funding:pools")).content.decode()
