"""Import initiatives: a government's portfolio as published, and the same again."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from initiatives.core.models import Event
from initiatives.organization.models import Department
from initiatives.portfolio.models import CheckIn, Initiative, Involvement, State
from tests.cast import Cast
from tests.portfolio.importing import Y2021, Y2022, commanded

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
