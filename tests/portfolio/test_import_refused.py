"""What keeps a file out is said by row and column; who may not import does not; mappings have names."""

from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import ImportRun, RunState
from initiatives.core.imports.saved import mapping_named, save_mapping
from initiatives.core.imports.targets import TARGETS
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.organization.models import Department
from initiatives.portfolio.models import Initiative
from tests.cast import Cast
from tests.portfolio.importing import Y2021, Confirmed, commanded, ran, simple, tried

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
