"""Import initiatives: a government's portfolio as published, all rows or none, once and not twice."""

import csv
import io
import json
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from openpyxl import Workbook

from initiatives.core.imports import running
from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import ImportRun, RunState, upload
from initiatives.core.imports.saved import mapping_named, save_mapping
from initiatives.core.imports.targets import TARGETS
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.organization.models import Department, User
from initiatives.portfolio.imports.job import InitiativeJob
from initiatives.portfolio.models import CheckIn, Initiative, Involvement, State
from tests.cast import Cast

DATA = Path(project.BASE_DIR, "tests", "data")
Y2021, Y2022 = DATA / "gmpp-2021-extract.csv", DATA / "gmpp-2022-extract.csv"
Confirmed = Callable[..., ImportRun]


@pytest.fixture(autouse=True)
def files_of_their_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def confirmed(cast: Cast) -> Confirmed:
    """An import that waits to run, by the CXO unless somebody else is named."""

    def make(file: Path | bytes = Y2021, mapping: Any = "gmpp-2021", by: User | None = None, name: str = "x.csv") -> ImportRun:
        by = by or cast.cxo
        target = TARGETS["initiatives"]
        data = file if isinstance(file, bytes) else file.read_bytes()
        run = upload(target, ContentFile(data), name, by=by)
        chosen = mapping_named(target, mapping) if isinstance(mapping, str) else from_data(mapping, target)
        run.map(chosen)
        run.tried(running.tried(run.table(chosen), chosen, target, by))
        run.confirm(by=by, call=False)
        return run

    return make


def ran(run: ImportRun) -> ImportRun:
    ended = running.run(run.pk)
    assert ended is not None
    return ended


def commanded(cast: Cast, file: Path, mapping: str, *options: str, by: User | None = None) -> dict[str, Any]:
    out, email = io.StringIO(), (by or cast.cxo).email
    with suppress(SystemExit):
        call_command("import_initiatives", str(file), "--mapping", mapping, "--as", email, "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def simple(**columns: Any) -> dict[str, Any]:
    """A mapping of a small file: id, title and dept, and what a test adds."""
    fields = {
        "external_source": {"fixed": "TEST"},
        "external_id": {"columns": ["id"]},
        "title": {"columns": ["title"]},
        "department": {"columns": ["dept"]},
    }
    return {"fields": fields | columns}


def tried(cast: Cast, text: str, by: User | None = None, **columns: Any) -> dict[str, Any]:
    """What a dry run of this text finds."""
    target = TARGETS["initiatives"]
    mapping = from_data(simple(**columns), target)
    run = upload(target, ContentFile(text.encode()), "x.csv", by=by or cast.cxo)
    return running.tried(run.table(mapping), mapping, target, by or cast.cxo)


# -- The facts ----------------------------------------------------------------------------------------------------------


def test_the_extract_of_2021_comes_in_as_counted(cast: Cast) -> None:
    result = commanded(cast, Y2021, "gmpp-2021")
    assert {key: result[key] for key in ("rows", "created", "updated", "unchanged", "errors", "stored")} == {
        "rows": 16, "created": 16, "updated": 0, "unchanged": 0, "errors": [], "stored": True,
    }  # fmt: skip
    assert result["values"]["health"] == {"Green": 2, "Amber/Green": 2, "Amber": 5, "Amber/Red": 3, "Red": 1}
    assert result["withheld"]["health"] == 3
    assert (result["given"]["wlc_baseline_incl_NCG"], result["totals"]["wlc_baseline_incl_NCG"]) == (15, "72854.86")
    assert (result["given"]["total_baseline"], result["totals"]["total_baseline"]) == (15, "4227.14")
    assert Initiative.objects.in_progress().count() == 16


def test_the_extract_of_2022_comes_in_as_counted(cast: Cast) -> None:
    result = commanded(cast, Y2022, "gmpp-2022")
    assert (result["rows"], result["created"], result["errors"]) == (19, 19, [])
    assert result["values"]["health"] == {"Green": 3, "Amber": 10, "Red": 4}
    assert result["withheld"]["health"] == 2
    assert (result["given"]["wlc_baseline_incl_NCG"], result["totals"]["wlc_baseline_incl_NCG"]) == (12, "18627")
    assert (result["given"]["total_baseline"], result["totals"]["total_baseline"]) == (11, "1313.07")


def test_an_initiative_holds_what_the_file_says(cast: Cast) -> None:
    commanded(cast, Y2021, "gmpp-2021")
    with Y2021.open(encoding="cp1252", newline="") as file:
        rows = {row["project_number"]: row for row in csv.DictReader(file, delimiter=";")}
    for initiative in Initiative.objects.select_related("lead_department"):
        row = rows[initiative.external_id]
        assert initiative.title == " ".join(row["project_name"].split())
        assert initiative.lead_department.code == row["department"].split(" & ")[0]
        for field, column in (("year_baseline", "total_baseline"), ("whole_life_cost", "wlc_baseline_incl_NCG")):
            if row[column].startswith("£"):
                assert getattr(initiative, field) == Decimal(row[column][1:].replace(",", "")) * 1_000_000
                assert field not in initiative.withheld
            else:
                assert getattr(initiative, field) is None
                assert initiative.withheld[field] == row[column].strip()
        for field, column in (("starts_on", "start_date"), ("ends_on", "end_date")):
            told = getattr(initiative, field)
            assert (told.isoformat() if told else initiative.withheld[field]) == row[column].strip()


def test_a_rating_is_a_check_in_that_quotes_it(cast: Cast) -> None:
    commanded(cast, Y2021, "gmpp-2021")
    reports = CheckIn.objects.select_related("initiative")
    assert {(report.health, report.done.split("\n")[0]) for report in reports} == {
        ("green", "Published rating: Green."),
        ("amber", "Published rating: Amber/Green."),
        ("amber", "Published rating: Amber."),
        ("amber", "Published rating: Amber/Red."),
        ("red", "Published rating: Red."),
    }
    assert {(report.author, report.initiative.health_on, report.initiative.health == report.health) for report in reports} == {
        (None, date(2021, 3, 31), True)
    }
    assert Initiative.objects.unreported().count() == 3


def test_the_other_department_is_asked_to_take_part(cast: Cast) -> None:
    commanded(cast, Y2021, "gmpp-2021")
    asked = Involvement.objects.select_related("initiative__lead_department", "department").get()
    assert (asked.initiative.lead_department.code, asked.department.code, asked.state) == ("DEFRA", "DFT", State.PROPOSED)
    assert (
        Department.objects.get(code="CO" if Department.objects.filter(code="CO").exists() else "MOD").name
        == "Ministry of Defence"
    )


# -- Once and not twice -------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    commanded(cast, Y2021, "gmpp-2021")
    before = Event.objects.exclude(subject_type="core.importrun").count()
    again = commanded(cast, Y2021, "gmpp-2021")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 16)
    assert Event.objects.exclude(subject_type="core.importrun").count() == before
    assert CheckIn.objects.count() == 13


def test_next_years_file_updates_and_adds(cast: Cast) -> None:
    commanded(cast, Y2021, "gmpp-2021")
    result = commanded(cast, Y2022, "gmpp-2022")
    assert (result["created"], result["updated"], result["unchanged"]) == (10, 9, 0)
    assert Initiative.objects.count() == 26
    both = Initiative.objects.filter(check_ins__at__year=2021).filter(check_ins__at__year=2022).distinct()
    assert {initiative.health_on for initiative in both} == {date(2022, 3, 31)}


def test_an_import_keeps_what_was_decided_here(cast: Cast) -> None:
    commanded(cast, Y2021, "gmpp-2021")
    first = Initiative.objects.order_by("id").first()
    assert first is not None
    first.pause(by=cast.cxo, reason="Waits for money.")
    second = Initiative.objects.exclude(pk=first.pk).order_by("id").first()
    assert second is not None
    second.cancel(by=cast.cxo, reason="Not wanted.")
    second.refresh_from_db()
    result = commanded(cast, Y2022, "gmpp-2022")
    first.refresh_from_db()
    assert first.status == "paused"
    if any(second.reference in note for note in result["notes"]):
        assert result["unchanged"] == 1
    title = second.title
    second.refresh_from_db()
    assert (second.status, second.title) == ("cancelled", title)


def test_a_workbook_of_the_same_table_gives_the_same_result(cast: Cast, tmp_path: Path) -> None:
    with Y2021.open(encoding="cp1252", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        typed: list[Any] = list(row)
        for place in (8, 9):
            typed[place] = date.fromisoformat(row[place]) if row[place][:2] in ("19", "20") else row[place]
        for place in (11, 12, 14):
            typed[place] = float(row[place][1:].replace(",", "")) if row[place].startswith("£") else row[place]
        sheet.append(typed)
    twin = tmp_path / "twin.xlsx"
    book.save(twin)
    first = commanded(cast, Y2021, "gmpp-2021", "--dry-run")
    second = commanded(cast, twin, "gmpp-2021", "--dry-run")
    for result in (first, second):
        result["totals"] = {column: Decimal(total) for column, total in result["totals"].items()}
    assert first == second
    commanded(cast, twin, "gmpp-2021")
    assert commanded(cast, Y2021, "gmpp-2021")["unchanged"] == 16


# -- Dry run and errors -------------------------------------------------------------------------------------------------


def test_a_dry_run_stores_nothing(cast: Cast) -> None:
    result = commanded(cast, Y2021, "gmpp-2021", "--dry-run")
    assert (result["created"], result["stored"]) == (16, False)
    assert not Initiative.objects.exists()
    assert not ImportRun.objects.exists()
    assert not Department.objects.exists()


def test_one_bad_row_keeps_all_out(cast: Cast) -> None:
    bad = Y2021.read_bytes().replace(b"2021-", b"2021_", 1).replace(b"\xa3", b"$", 1)
    path = Path(default_storage.path("bad.csv"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bad)
    result = commanded(cast, path, "gmpp-2021")
    assert result["error_count"] == len(result["errors"]) > 0
    assert all(error["row"] > 1 and error["column"] for error in result["errors"])
    assert not Initiative.objects.exists()


def test_errors_say_row_column_value_and_why(cast: Cast) -> None:
    cast.department("OPS")
    text = (
        "id,title,dept,start,end\n1,A,OPS,2026-05-01,2026-04-01\n1,B,OPS,,\n2,C,NIX,,\n3,,OPS,02/03/2026,\n4,Ro\u202ead,OPS,,\n"
    )
    result = tried(cast, text, starts_on={"columns": ["start"]}, ends_on={"columns": ["end"]})
    assert [(error["row"], error["column"], error["message"].split(":")[0]) for error in result["errors"]] == [
        (2, "ends_on", "It ends before it starts (2026-05-01)."),
        (3, "external_id", "Row 2 has the same id."),
        (4, "department", "No department has this code or name, and the mapping does not say that unknown ones are created."),
        (5, "title", "“Title” must be filled."),
        (5, "start", "This is not a day written as YYYY-MM-DD."),
        (6, "title", "“RoU+202Ead” holds invisible characters. Type the text again."),
    ]


def test_look_alike_departments_are_one(cast: Cast) -> None:
    cast.department("CAFÉ")
    result = tried(cast, "id,title,dept\n1,A,cafe\u0301\n2,B,ＣＡＦÉ\n3,C,Café department\n")
    assert result["errors"] == []


def test_a_name_may_be_withheld_too(cast: Cast, confirmed: Confirmed) -> None:
    cast.department("OPS")
    ran(confirmed(b"id,title,dept\nX_1,Exempt under Section 24,OPS\n", simple() | {"withheld": ["exempt"]}))
    initiative = Initiative.objects.get()
    assert initiative.title == "X_1 (title withheld)"
    assert initiative.withheld == {"title": "Exempt under Section 24"}


def test_a_head_imports_for_the_own_department_only(cast: Cast, confirmed: Confirmed) -> None:
    head = cast.head("OPS")
    cast.department("SEC")
    result = tried(cast, "id,title,dept\n1,A,OPS\n2,B,SEC\n3,C,NEW\n", by=head, department={"columns": ["dept"], "create": True})
    assert [(error["row"], error["value"]) for error in result["errors"]] == [(3, "SEC"), (4, "NEW")]
    ran(confirmed(b"id,title,dept\n1,Secret plan,SEC\n", simple()))
    taken = tried(cast, "id,title,dept\n1,Mine now,OPS\n", by=head)
    assert taken["error_count"] == 1
    assert Initiative.objects.get().title == "Secret plan"


@pytest.mark.parametrize("who", ["ceo", "finance", "auditor", "administrator", "nobody"])
def test_others_do_not_import(cast: Cast, who: str) -> None:
    result = commanded(cast, Y2021, "gmpp-2021", by=getattr(cast, who))
    assert "may import" in result["errors"][0]["message"]
    assert not ImportRun.objects.exists()


def test_an_unknown_mapping_or_file_is_said(cast: Cast) -> None:
    assert "There are: gmpp-2021, gmpp-2022" in commanded(cast, Y2021, "gmpp-1999")["errors"][0]["message"]
    assert "No such file" in commanded(cast, Path("nowhere.csv"), "gmpp-2021")["errors"][0]["message"]


def test_the_right_is_asked_again_when_the_run_begins(cast: Cast, confirmed: Confirmed) -> None:
    run = confirmed()
    cast.cxo.roles.update(ends=date(2026, 1, 1))
    ended = ran(run)
    assert (ended.state, ended.failure) == (RunState.FAILED, "Clara Cxo may no longer import initiatives.")
    assert not Initiative.objects.exists()


# -- Mappings -----------------------------------------------------------------------------------------------------------


def test_a_mapping_is_saved_by_name_and_replaced_by_the_same_name(cast: Cast) -> None:
    target = TARGETS["initiatives"]
    shipped = mapping_named(target, "gmpp-2021")
    save_mapping(target, "gmpp  2020", shipped, by=cast.cxo)
    other = from_data(simple(), target)
    saved = save_mapping(target, "GMPP 2020", other, by=cast.cxo)
    assert (saved.version, mapping_named(target, "gmpp 2020")) == (2, other)
    with pytest.raises(RuleBroken, match="comes with the product"):
        save_mapping(target, "gmpp-2021", other, by=cast.cxo)
    with pytest.raises(BadInput, match="at most 80"):
        save_mapping(target, " ", other, by=cast.cxo)


# -- Runs ---------------------------------------------------------------------------------------------------------------


def test_an_import_that_was_not_tried_or_has_errors_is_not_confirmed(cast: Cast) -> None:
    target = TARGETS["initiatives"]
    run = upload(target, ContentFile(b"id,title,dept\n1,A,NIX\n"), "x.csv", by=cast.cxo)
    with pytest.raises(RuleBroken, match="Try the import first"):
        run.confirm(by=cast.cxo)
    mapping = from_data(simple(), target)
    run.map(mapping)
    run.tried(running.tried(run.table(), mapping, target, cast.cxo))
    with pytest.raises(RuleBroken, match="1 error stands in the way"):
        run.confirm(by=cast.cxo)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED


def test_one_import_at_a_time(cast: Cast, confirmed: Confirmed) -> None:
    confirmed()
    with pytest.raises(RuleBroken, match=r"Import of x.csv by Clara Cxo is waiting to run"):
        confirmed(Y2022, "gmpp-2022")
    first = ImportRun.objects.open().get()
    ran(first)
    assert running.run(first.pk) is None


def test_a_cancelled_import_stores_nothing(cast: Cast, confirmed: Confirmed) -> None:
    run = confirmed()
    run.cancel(by=cast.cxo)
    assert running.run(run.pk) is None
    assert not Initiative.objects.exists()
    with pytest.raises(RuleBroken, match="has ended"):
        run.cancel(by=cast.cxo)


def test_a_refused_upload_leaves_no_file(cast: Cast, settings: Any) -> None:
    with pytest.raises(BadInput, match="should end in"):
        upload(TARGETS["initiatives"], ContentFile(b"x"), "../../evil.exe", by=cast.cxo)
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", [1, 7, 16])
def test_a_run_that_breaks_at_any_row_stores_nothing(
    cast: Cast, confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    run, apply, calls = confirmed(), InitiativeJob.apply, []

    def breaks(self: Any, step: Any) -> None:
        calls.append(step)
        if len(calls) == at:
            raise MemoryError
        apply(self, step)

    monkeypatch.setattr(InitiativeJob, "apply", breaks)
    with pytest.raises(MemoryError):
        running.run(run.pk)
    run.refresh_from_db()
    assert (run.state, Initiative.objects.count(), Department.objects.count()) == (RunState.FAILED, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_and_cancelling_is_heard_while_it_runs(
    cast: Cast, confirmed: Confirmed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, apply, seen = confirmed(), InitiativeJob.apply, []
    outside = connections.create_connection("default")

    def watched(self: Any, step: Any) -> None:
        apply(self, step)
        with outside.cursor() as cursor:
            cursor.execute(
                "SELECT rows_done, (SELECT count(*) FROM portfolio_initiative) FROM core_importrun WHERE id = %s", [run.pk]
            )
            seen.append(cursor.fetchone())
            if len(seen) == 5:
                cursor.execute("UPDATE core_importrun SET cancel_asked = true WHERE id = %s", [run.pk])

    monkeypatch.setattr(InitiativeJob, "apply", watched)
    try:
        ended = ran(run)
    finally:
        outside.close()
    assert seen == [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]
    assert (ended.state, Initiative.objects.count()) == (RunState.CANCELLED, 0)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_died_leaves_nothing_and_its_run_waits_again(cast: Cast, confirmed: Confirmed) -> None:
    """The connection of a run is cut by the server in the middle, as a kill of the worker would."""
    run = confirmed()
    died = threading.Thread(target=_run_and_be_killed, args=(run.pk,))
    died.start()
    died.join(30)
    ImportRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, seen_at="2026-01-01T00:00Z", failure="", ended_at=None)
    assert Initiative.objects.count() == 0
    with transaction.atomic():
        running.take_turn("initiatives")  # somebody else's transaction holds the turn: the run is alive
        other = threading.Thread(target=_ring)
        other.start()
        other.join(30)
        assert ImportRun.objects.get().state == RunState.RUNNING
    running.ring()
    assert ImportRun.objects.get().state == RunState.WAITING
    assert ran(run).state == RunState.DONE
    assert Initiative.objects.count() == 16


def _ring() -> None:
    with closing(connection):
        running.ring()


def _run_and_be_killed(run_id: int) -> None:
    apply, calls = InitiativeJob.apply, []

    def killed(self: Any, step: Any) -> None:
        calls.append(step)
        if len(calls) == 6:
            with connections.create_connection("default").cursor() as cursor, connection.cursor() as mine:
                mine.execute("SELECT pg_backend_pid()")
                cursor.execute("SELECT pg_terminate_backend(%s)", mine.fetchone())
        apply(self, step)

    with pytest.MonkeyPatch.context() as patch, closing(connection), suppress(DatabaseError):  # not even "failed" is written
        patch.setattr(InitiativeJob, "apply", killed)
        running.run(run_id)
