"""Touchpoints from a file: what comes onto the map, what changes nothing the second time, and what is refused by row."""

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.management import call_command

from initiatives.core.imports import running
from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import upload
from initiatives.core.imports.targets import TARGETS
from initiatives.core.models import Event
from initiatives.journey.models import Channel, OwnedObject, Stage, State, Touchpoint
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map

FILE = Path(project.BASE_DIR, "tests", "data", "touchpoints.csv")
HEADER = "source,id,title,description,stage,channel,contacts_a_year,moment_of_truth,department,part_of\n"


@pytest.fixture(autouse=True)
def files_are_kept_here(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company(cast: Cast) -> Cast:
    assert cast.cxo
    assert cast.head("OPS")
    return cast


def commanded(cast: Cast, file: Path, *options: str, by: User | None = None) -> dict[str, Any]:
    out, email = io.StringIO(), (by or cast.cxo).email
    with suppress(SystemExit):
        call_command("import_touchpoints", str(file), "--mapping", "touchpoints", "--as", email, "--json", *options, stdout=out)
    return dict(json.loads(out.getvalue()))


def tried(by: User, text: str, **fields: Any) -> dict[str, Any]:
    """What a dry run of these rows finds."""
    target = TARGETS["touchpoints"]
    shipped = target.shipped["touchpoints"]
    mapping = from_data({**shipped, "fields": {**shipped["fields"], **fields}}, target)
    run = upload(target, ContentFile((HEADER + text).encode()), "x.csv", by=by)
    return running.tried(run.table(mapping), mapping, target, by)


def messages(result: dict[str, Any]) -> list[str]:
    return [error["message"] for error in result["errors"]]


def test_a_file_draws_its_touchpoints_and_asks_the_departments(company: Cast) -> None:
    result = commanded(company, FILE)
    assert (result["stored"], result["created"], result["errors"]) == (True, 5, [])
    booking = Touchpoint.objects.get(external_id="1")
    assert (booking.owned.weight, booking.owned.state, booking.stage.title) == (2_460_000, State.PROPOSED, "Booking")
    assert booking.owned.ownerships.get().department == company.department("OPS")
    assert list(Stage.objects.values_list("title", flat=True)) == ["Booking", "Getting there"]
    assert list(Channel.objects.values_list("name", flat=True)) == ["Web", "Signs", "Facility"]
    parts = OwnedObject.objects.filter(touchpoint__parent__external_id="3")
    assert sorted(parts.values_list("weight", flat=True)) == [1_650_000, 1_650_000]


def test_the_same_file_again_changes_nothing(company: Cast) -> None:
    commanded(company, FILE)
    OwnedObject.objects.get(touchpoint__external_id="1").ownerships.get().decline(
        by=company.head("OPS"), code="not_ours", reason="Of the airline."
    )
    before = Event.objects.exclude(subject_type="core.importrun").count()
    result = commanded(company, FILE)
    assert (result["unchanged"], result["updated"], result["created"]) == (5, 0, 0)
    assert Event.objects.exclude(subject_type="core.importrun").count() == before


def test_a_dry_run_stores_nothing(company: Cast) -> None:
    result = commanded(company, FILE, "--dry-run")
    assert (result["stored"], result["created"]) == (False, 5)
    assert not (Touchpoint.objects.exists())
    assert not (Stage.objects.exists())
    assert not (Channel.objects.exists())


def test_what_is_known_is_edited_and_keeps_its_owner(company: Cast, tmp_path: Path) -> None:
    commanded(company, FILE)
    owned = OwnedObject.objects.get(touchpoint__external_id="1")
    owned.ownerships.get().accept(by=company.head("OPS"))
    newer = tmp_path / "newer.csv"
    newer.write_text(FILE.read_text().replace("820000", "900000"))
    assert commanded(company, newer)["updated"] == 1
    owned.refresh_from_db()
    assert (owned.weight, owned.state, owned.person) == (2_700_000, State.OWNED, company.head("OPS"))


def test_bad_rows_are_refused_by_row_and_nothing_is_stored(company: Cast, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    rows = [
        "MAP,1,One,,Booking,Web,10,yes,OPS,",
        "MAP,1,Twice,,Booking,Web,10,no,,",
        "MAP,2,Nobody,,Booking,Web,10,no,NONE,",
        "MAP,3,Part of nothing,,Booking,Web,10,no,,77",
        "MAP,4,Not a number,,Booking,Web,many,no,,",
        "MAP,5,,,Booking,Web,10,no,,",
    ]
    file.write_text(HEADER + "\n".join(rows) + "\n")
    result = commanded(company, file)
    assert {error["row"] for error in result["errors"]} == {3, 4, 5, 6, 7}
    assert result["stored"] is False
    assert not (Touchpoint.objects.exists())
    assert not (Stage.objects.exists())


def test_unknown_stages_are_made_only_where_the_mapping_says_so(journey_map: Map, company: Cast) -> None:
    row = "MAP,1,One,,Elsewhere,Web,10,no,,\n"
    result = tried(company.cxo, row, stage={"columns": ["stage"]})
    assert messages(result) == ["No stage has this name, and the mapping does not say that unknown ones are made."]
    assert tried(company.cxo, row)["created"] == 1


def test_who_owns_a_stage_imports_its_touchpoints_and_no_others(journey_map: Map, company: Cast) -> None:
    journey_map.before.owned.propose(company.department("OPS"), by=company.head("OPS"))
    assert tried(company.head("OPS"), "MAP,1,One,,Plan,Web,10,no,,\n")["created"] == 1
    refused = tried(company.head("OPS"), "MAP,1,One,,Fly,Web,10,no,,\n")
    assert messages(refused) == ["You import touchpoints of the stages that you own; this row belongs to another one."]
    assert messages(tried(company.head("OPS"), "MAP,1,One,,New,Web,10,no,,\n")) == [
        "No stage has this name. Only the CXO's imports make one."
    ]
    assert commanded(company, FILE, by=company.head("HR"))["error_count"] == 1


def test_what_is_archived_stays_archived(company: Cast) -> None:
    commanded(company, FILE)
    Touchpoint.objects.get(external_id="2").archive(by=company.cxo, reason="The road is closed.")
    result = commanded(company, FILE)
    assert (result["unchanged"], len(result["notes"])) == (5, 1)


def test_a_part_is_as_restricted_as_its_whole(journey_map: Map, company: Cast, tmp_path: Path) -> None:
    whole = journey_map.touchpoint("Complaints of staff", external_source="MAP", external_id="1")
    whole.restrict(by=company.cxo, departments=[company.department("HR")])
    file = tmp_path / "part.csv"
    file.write_text(HEADER + "MAP,2,By letter,,Plan,Web,10,no,,1\nMAP,3,By mail,,Plan,Web,10,no,,1\n")
    assert commanded(company, file)["created"] == 2
    part = Touchpoint.objects.get(external_id="2")
    assert part.owned.restricted
    assert list(part.owned.departments.all()) == [company.department("HR")]
    assert not part.owned.seen_by(company.contributor("OPS"))


def test_nobody_hangs_a_part_on_what_is_archived_or_stands_in_the_stage_of_others(journey_map: Map, company: Cast) -> None:
    journey_map.before.owned.propose(company.department("OPS"), by=company.head("OPS"))
    journey_map.touchpoint("Boarding", stage=journey_map.after, external_source="MAP", external_id="1")
    row = "MAP,2,Part,,Plan,Web,10,no,,{}\n"
    [message] = messages(tried(company.head("OPS"), row.format(1)))
    assert "owner of the stage “Fly”" in message
    gone = journey_map.touchpoint("Kiosk", external_source="MAP", external_id="3")
    gone.archive(by=company.cxo, reason="Gone.")
    [message] = messages(tried(company.cxo, row.format(3)))
    assert message == f"{gone.reference} is archived."


def test_an_import_names_no_touchpoint_that_the_importer_may_not_see(journey_map: Map, company: Cast) -> None:
    journey_map.before.owned.propose(company.department("OPS"), by=company.head("OPS"))
    hidden = journey_map.touchpoint("Complaints of staff", external_source="MAP", external_id="1")
    hidden.restrict(by=company.cxo, departments=[company.department("HR")])
    result = tried(company.head("OPS"), "MAP,2,Part,,Plan,Web,10,no,,1\nMAP,1,Mine,,Plan,Web,10,no,,2\n")
    assert messages(result)[0] == "No earlier row and no touchpoint of this source has this id."
    assert not any(hidden.reference in message for message in messages(result))
