"""Finance's files become actuals: what names an initiative or an order is posted, everything else waits and says why."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from initiatives.core.imports.control import Control
from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.saved import mapping_named
from initiatives.core.imports.targets import TARGETS
from initiatives.duties.models import Obligation
from initiatives.funding import books
from initiatives.funding.models import ActualLine, CostObject, Delivery, Journal, Period, Transfer
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.funding.importing import checked, commanded, deliver, file_of, line, spent, states

pytestmark = pytest.mark.usefixtures("late_in_the_year", "uploads")


def test_a_line_that_names_an_initiative_is_posted_and_its_pools_share_it(cast: Cast, kiosks: CostObject) -> None:
    run = deliver("4711;100.01;cx-001", "4712;20.00;po 18", by=cast.finance)
    assert states() == {"4711": "posted", "4712": "posted"}
    assert spent(kiosks) == ("279.99", "120.01")
    shares = line("4711").journal.transfers.order_by("source__pool").values_list("source__pool__department__code", "amount")
    assert dict(shares) == {"OPS": Decimal("75.01"), "MKT": Decimal("25.00")}
    assert [t.source.pool.department.code for t in line("4712").journal.transfers.all()] == ["MKT"]  # its order's pool alone
    assert (line("4711").journal.on, line("4711").journal.memo) == (date(2026, 11, 2), "Ledger 4711: Invoice 4711")
    assert run.result["notes"] == ["2 of 2 new lines can be posted; 0 wait to be matched."]
    assert (Delivery.objects.get().count, Delivery.objects.get().total) == (2, Decimal("120.01"))
    assert books.verify().right


def test_what_cannot_be_posted_waits_and_says_why(
    cast: Cast, treasury: Treasury, kiosks: CostObject, referred: dict[str, CostObject]
) -> None:
    referred["OVER-1"], referred["CX-002"] = treasury.cost_object(), treasury.cost_object()
    referred["CX-003"] = CostObject.objects.create(currency="USD", department=cast.department("OPS"))
    treasury.funded(referred["CX-002"], OPS="50.00")
    for number in (1, 2):
        Period.objects.get(year__name="2026", number=number).propose(by=cast.second_finance)
        Period.objects.get(year__name="2026", number=number).close(by=cast.finance)
    deliver(
        "1;10.00;", "2;10.00;CX-999", "3;10.00;OVER-1", "4;10.00;CX-003", "5;10.00;CX-002", "6;2026-02-10;10.00;CX-001",
        "7;2025-12-31;10.00;CX-001", "8;400.01;CX-001", "9;-1.00;CX-001", "10;400.00;CX-001", "11;0.01;CX-001", by=cast.finance,
    )  # fmt: skip
    assert states() == {
        "1": "waiting reference",
        "2": "waiting reference",
        "3": "waiting over",
        "4": "waiting currency",
        "5": "waiting money",
        "6": "waiting period",
        "7": "waiting period",
        "8": "waiting money",
        "9": "waiting money",
        "10": "posted",
        "11": "waiting money",  # nothing is left for it after the line above
    }
    assert line("6").problem == "2026 is closed through 2026-02-28; only reversals are posted there."
    assert "50" not in line("5").problem  # what is allocated is not committed: spending it needs somebody to say why
    assert spent(kiosks) == ("0.00", "400.00")
    asked = Obligation.objects.get(kind="funding.match_lines")
    assert (asked.person, asked.due_on, asked.outcome) == (cast.finance, date(2026, 11, 27), "")
    assert books.verify().right


def test_two_funded_initiatives_never_share_an_actual(cast: Cast, treasury: Treasury, kiosks: CostObject) -> None:
    """erpnext#9667: the same pools pay for both, and each invoice counts once, for the one that it names."""
    signs = treasury.cost_object()
    treasury.funded(signs, OPS="300.00", MKT="100.00")
    for code, amount in (("OPS", 300), ("MKT", 100)):
        signs.commit(treasury.pool(code), Decimal(amount), by=cast.finance, memo="PO 17" if code == "OPS" else "PO 99")
    deliver("1;40.00;CX-001", "2;80.00;PO 99", "3;5.00;PO 17", by=cast.finance)
    assert states() == {"1": "posted", "2": "posted", "3": "waiting reference"}  # two orders are called PO 17
    assert (spent(kiosks)[1], spent(signs)[1]) == ("40.00", "80.00")
    for journal in Journal.objects.filter(act="spent"):
        assert len(set(journal.transfers.values_list("source__cost_object", "target__cost_object"))) == 1


def test_a_credit_note_is_committed_again_where_it_was_paid(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;100.00;CX-001", by=cast.finance)
    deliver("2;-40.00;CX-001", "3;-60.01;CX-001", by=cast.finance)
    assert states() == {"1": "posted", "2": "posted", "3": "waiting money"}
    assert line("3").problem == "Spent and not credited are 60.00 EUR from all pools; 60.01 is more."
    assert spent(kiosks) == ("340.00", "60.00")
    back = Transfer.objects.filter(journal__act="credited").order_by("source__pool")
    assert [(one.source.kind, one.target.kind, one.amount) for one in back] == [
        ("spent", "committed", Decimal("30.00")),
        ("spent", "committed", Decimal("10.00")),
    ]
    assert books.verify().right


def test_who_approved_the_money_does_not_post_it_by_a_file_either(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;10.00;CX-001", by=cast.second_finance)  # gave the last approval
    assert states() == {"1": "waiting approver"}
    assert spent(kiosks) == ("400.00", "0.00")
    line("1").match(kiosks, by=cast.finance)
    assert (states(), spent(kiosks)) == ({"1": "posted"}, ("390.00", "10.00"))
    assert Obligation.objects.get(kind="funding.match_lines").outcome == "met"


def test_the_same_file_changes_nothing_and_a_corrected_document_waits(cast: Cast, kiosks: CostObject) -> None:
    deliver("1;10.00;CX-001", by=cast.finance)
    before = list(ActualLine.objects.values()), Journal.objects.count(), Delivery.objects.count()
    again = deliver("1;10.00;CX-001", by=cast.finance)
    assert (again.result["created"], again.result["unchanged"]) == (0, 1)
    assert (list(ActualLine.objects.values()), Journal.objects.count(), Delivery.objects.count()) == before
    deliver("1;12.00;CX-001", by=cast.finance)
    assert [(one.amount, one.state, one.why) for one in ActualLine.objects.order_by("pk")] == [
        (Decimal("10.00"), "posted", ""),
        (Decimal("12.00"), "waiting", "conflict"),
    ]
    assert spent(kiosks) == ("390.00", "10.00")
    first, corrected = ActualLine.objects.order_by("pk")
    assert corrected.obstacle_to_match(cast.finance) == (
        "Ledger 1 is posted with 10.00 already. Reverse that entry first, or set this line aside."
    )
    first.journal.reverse(by=cast.second_finance, reason="Corrected")
    assert (states()["1"], line("1").obstacle_to_match(cast.finance)) == (
        "waiting conflict",
        "Ledger 1 waits with 10.00 as well. Set aside the one that does not hold.",
    )
    first.set_aside(by=cast.second_finance, reason="Corrected by a later file")
    first.confirm(by=cast.finance)
    corrected.match(kiosks, by=cast.finance)
    assert spent(kiosks) == ("388.00", "12.00")
    assert books.verify().right


REFUSED: list[tuple[str, Control | None, str]] = [
    (file_of("1;10.00;CX-001", total="11.00"), None, "The total row says 11.00; the rows add up to 10.00."),
    (file_of("1;10.00;CX-001", total="ten"), None, "The total row cannot be read: This is not an amount written as 1234.50."),
    (file_of("1;10.00;CX-001"), Control(2, None), "2 rows are stated, 1 were read."),
    (file_of("1;10.00;CX-001"), Control(1, Decimal(-10)), "Stated are -10; the rows add up to 10.00."),
    (
        "Document;Posting date;Amount;Reference;Text\n1;2026-11-02;10.00;CX-001;x\n", Control(1, None),
        "State how many rows the file holds and what they add up to; it has no row that says so.",
    ),
    (file_of("1;10.00;CX-001", "1;11.00;CX-001"), None, "Row 2 is of the same document."),
    (file_of("1;0.00;CX-001"), None, "A line of nothing says nothing."),
    (file_of("1;1e5;CX-001", total="0"), None, "This is not an amount written as 1234.50."),
    (file_of(";10.00;CX-001"), None, "“Document” must be filled."),
]  # fmt: skip


def test_a_file_that_is_not_what_it_says_is_refused_whole(cast: Cast) -> None:
    for text, stated, said in REFUSED:
        run = checked(text, by=cast.finance, stated=stated)
        assert said in [error["message"] for error in run.result["errors"]]
        assert "in the way" in str(run.obstacle_to_confirm())
    assert not ActualLine.objects.exists()
    assert not Journal.objects.filter(act="spent").exists()


def test_the_command_imports_as_the_pages_do(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    file.write_text("Document;Posting date;Amount;Reference;Text\n1;2026-11-02;10.00;CX-001;Kiosk\n")
    assert commanded(cast, file, "--dry-run")["error_count"] == 1
    assert commanded(cast, file, "--dry-run", "--rows", "1", "--sum", "10.00")["created"] == 1
    assert not ActualLine.objects.exists()
    assert commanded(cast, file, "--rows", "1", "--sum", "10.00", by=cast.cxo)["errors"][0]["message"].endswith("import actuals.")
    result = commanded(cast, file, "--rows", "1", "--sum", "10.00")
    assert (result["stored"], result["created"], states()) == (True, 1, {"1": "waiting reference"})


def test_a_line_costs_few_questions(cast: Cast, kiosks: CostObject) -> None:
    def questions(first: int, n: int) -> int:
        rows = [f"{number};1.00;CX-001" for number in range(first, first + n)]
        with CaptureQueriesContext(connection) as found:
            deliver(*rows, by=cast.finance)
        return len(found)

    few, many = questions(0, 2), questions(100, 6)
    assert (many - few) / 4 <= 16


def test_control_totals_are_stated_on_the_pages_and_stay_with_the_file(cast: Cast) -> None:
    client, text = Client(), "Document;Posting date;Amount;Reference;Text\n1;2026-11-02;-10.00;CX-999;Kiosk\n"
    client.force_login(cast.finance)
    file = SimpleUploadedFile("ledger.csv", text.encode())
    client.post(reverse("funding:imports"), {"file": file, "mapping": "ledger", "rows": "1", "total": "−9.00"})
    run = ImportRun.objects.get()
    address = reverse("funding:import_map", args=[run.pk])
    form = client.get(address).context["form"]
    typed = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    assert (typed["rows"], typed["total"]) == (1, "-9.00")
    client.post(address, {**typed, "version": run.version, "do": "try"})
    run.refresh_from_db()
    assert [error["message"] for error in run.result["errors"]] == ["Stated are -9.00; the rows add up to -10.00."]
    client.post(address, {**typed, "total": "-10.00", "version": run.version, "save_as": "Ours", "do": "try"})
    run.refresh_from_db()
    assert (run.result["error_count"], run.result["created"]) == (0, 1)
    assert "control" not in mapping_named(TARGETS["actuals"], "Ours").as_data()  # the next file has its own totals
