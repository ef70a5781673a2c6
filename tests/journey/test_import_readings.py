"""Readings from a file: rows of figures, and the answers of a survey as it was published."""

import io
import json
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from initiatives.core.imports import running
from initiatives.core.imports.mapping import from_data
from initiatives.core.imports.models import ImportRun, upload
from initiatives.core.imports.targets import TARGETS
from initiatives.core.models import Event
from initiatives.journey.models import Channel, Reading, State
from initiatives.journey.models.consistency import consistency, scores
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map

SURVEY = Path(project.BASE_DIR, "tests", "data", "sfo-2017-extract.csv")
HEADER = "what,touchpoint,value,customers,from,to,source,lowest,highest,sent_by\n"


@pytest.fixture(autouse=True)
def files_are_kept_here(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def commanded(file: Path, by: User) -> dict[str, Any]:
    out = io.StringIO()
    with suppress(SystemExit):
        call_command("import_readings", str(file), "--mapping", "readings", "--as", by.email, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def tried(by: User, text: str) -> dict[str, Any]:
    target = TARGETS["readings"]
    mapping = from_data(target.shipped["readings"], target)
    run = upload(target, ContentFile((HEADER + text).encode()), "x.csv", by=by)
    return running.tried(run.table(mapping), mapping, target, by)


def messages(result: dict[str, Any]) -> list[str]:
    return [error["message"] for error in result["errors"]]


def taken_in(file: bytes, data: dict[str, Any], by: User) -> dict[str, Any]:
    """The result of an import by this mapping, from the file to the rows."""
    target = TARGETS["readings"]
    mapping = from_data(data, target)
    run = upload(target, ContentFile(file), "survey.csv", by=by)
    run.map(mapping, name="")
    run.tried(running.tried(run.table(mapping), mapping, target, by))
    assert run.result["errors"] == []
    run.confirm(by=by, call=False)
    ended = running.run(run.pk)
    assert ended
    return ended.result


def asked(question: str, touchpoint: str) -> dict[str, Any]:
    """The mapping of one question of the survey: 6, 0 and blank are no rating."""
    fixed = {"kind": "rating", "touchpoint": touchpoint, "first_day": "2017-05-05", "last_day": "2017-05-30"}
    fixed |= {"source": f"SFO 2017 {question}", "low": "1", "high": "5"}
    return {
        "empty": ["6", "0"],
        "fields": {"value": {"columns": [question]}, **{key: {"fixed": said} for key, said in fixed.items()}},
    }


def test_a_published_survey_comes_out_to_the_digit(journey_map: Map, cast: Cast) -> None:
    """Counted by hand in the sixty rows: 60 rate the signs with 240 in all, 56 the screens with 224, 80 the booths with 305."""
    screens = Channel.objects.create(name="Screens", position=3)
    desk = {"channel": journey_map.desk}
    there = {
        "Q7SIGN": journey_map.touchpoint("Signs"),
        "Q7SCREENS": journey_map.touchpoint("Flight screens", channel=screens),
        "Q7INFODOWN": journey_map.touchpoint("Booth downstairs", **desk),
        "Q7INFOUP": journey_map.touchpoint("Booth upstairs", **desk),
    }
    for question, touchpoint in there.items():
        result = taken_in(SURVEY.read_bytes(), asked(question, touchpoint.reference), cast.cxo)
        assert (result["rows"], result["created"]) == (60, 1)
    assert {one.source: (one.total, one.n) for one in Reading.objects.all()} == {
        "SFO 2017 Q7SIGN": (240, 60),
        "SFO 2017 Q7SCREENS": (224, 56),
        "SFO 2017 Q7INFODOWN": (157, 41),
        "SFO 2017 Q7INFOUP": (148, 39),
    }
    found = scores(Reading.objects.all(), date(2017, 12, 1), "touchpoint__channel")[journey_map.before.pk]
    assert {one.place: one.value for one in found} == {
        journey_map.web.pk: 4,
        screens.pk: 4,
        journey_map.desk.pk: Decimal("3.8125"),
    }
    assert consistency(found, 30) == Decimal("0.953125")
    assert consistency(found, 61) is None  # only the booths have so many


def test_the_same_survey_again_changes_nothing(journey_map: Map, cast: Cast) -> None:
    mapping = asked("Q7SIGN", journey_map.touchpoint("Signs").reference)
    taken_in(SURVEY.read_bytes(), mapping, cast.cxo)
    before = Event.objects.exclude(subject_type="core.importrun").count()
    result = taken_in(SURVEY.read_bytes(), mapping, cast.cxo)
    assert (result["created"], result["updated"], result["unchanged"]) == (0, 0, 60)
    assert Event.objects.exclude(subject_type="core.importrun").count() == before


def test_rows_of_figures_are_readings_and_a_newer_file_corrects_them(journey_map: Map, cast: Cast, tmp_path: Path) -> None:
    mail = journey_map.touchpoint("Newsletter", external_source="CRM", external_id="mail-1")
    cast.department("OPS")
    file = tmp_path / "readings.csv"
    rows = [
        f"rating,{mail.reference},3.615,2421,2026-05-01,2026-05-31,Survey,1,5,",
        "contacts,mail-1,6000,1000,2026-05-01,2026-05-31,CRM,,,OPS",
        "rating,mail-1,,,2026-06-01,2026-06-30,Survey,1,5,",
    ]
    file.write_text(HEADER + "\n".join(rows))
    result = commanded(file, cast.cxo)
    assert (result["stored"], result["created"], result["unchanged"]) == (True, 2, 1)
    assert result["notes"] == ["1 row holds no value; left out."]
    rated, sent = Reading.objects.order_by("-kind")
    assert (rated.value, rated.n, sent.total, sent.department) == (Decimal("3.615"), 2421, 6_000, cast.department("OPS"))
    assert commanded(file, cast.cxo)["unchanged"] == 3
    file.write_text(file.read_text().replace("6000", "6100"))
    assert commanded(file, cast.cxo)["updated"] == 1
    assert Reading.objects.living().get(kind="contacts").total == 6_100
    assert Reading.objects.count() == 3


def test_bad_rows_are_refused_by_row(journey_map: Map, cast: Cast) -> None:
    one = journey_map.touchpoint("Signs").reference
    gone = journey_map.touchpoint("Kiosk")
    gone.archive(by=cast.cxo, reason="Gone.")
    rows = [
        f"rating,{one},3.5,40,2026-05-01,2026-05-31,Survey,1,5,",
        f"rating,{one},3.6,40,2026-05-01,2026-05-31,Survey,1,5,",
        f"rating,{one},6,40,2026-05-01,2026-05-31,Other,1,5,",
        f"rating,{gone.reference},3,40,2026-05-01,2026-05-31,Survey,1,5,",
        "rating,TP-9999,3,40,2026-05-01,2026-05-31,Survey,1,5,",
        f"contacts,{one},90,40,2026-05-01,2026-05-31,Survey,,,NONE",
        f"contacts,{one},90,40,2026-05-01,2026-05-10,Survey,,,",
        f"rating,{one},4,40,2026-05-01,2026-05-31,Wide,1,100000,",  # more than the database keeps
    ]
    cast.department("OPS")
    assert messages(tried(cast.cxo, "\n".join(rows))) == [
        "Row 2 has the same touchpoint, period and source.",
        "The rating does not lie on a scale that the mapping names.",
        f"{gone.reference} is archived.",
        "No touchpoint has this reference or id.",
        "No department has this code or name.",
        "Contacts are counted over 28 days at least, so that one mailing is not taken for many.",
        "A scale has a lowest and a highest value, from 0 to 1,000.",
    ]


def test_everybody_imports_what_they_answer_for_and_learns_of_nothing_else(journey_map: Map, cast: Cast, tmp_path: Path) -> None:
    mine, foreign, hidden = (journey_map.touchpoint(title) for title in ("Mine", "Foreign", "Hidden"))
    cast.head("OPS")
    mine.owned.become(State.OWNED, department=cast.department("OPS"), person=cast.contributor("OPS"))
    hidden.restrict(by=cast.cxo, departments=[cast.department("HR")])
    row = "rating,{},3,40,2026-05-01,2026-05-31,Survey,1,5,\n"
    result = tried(cast.head("OPS"), "".join(row.format(one.reference) for one in (mine, foreign, hidden)))
    assert messages(result) == [
        "You enter readings of touchpoints that you answer for; this is another one.",
        "No touchpoint has this reference or id.",
    ]
    file = tmp_path / "readings.csv"
    file.write_text(HEADER + row.format(mine.reference))
    assert commanded(file, cast.head("HR"))["error_count"] == 1


def test_a_survey_comes_in_through_the_pages(journey_map: Map, cast: Cast, client: Client) -> None:
    mail = journey_map.touchpoint("Newsletter").reference
    client.force_login(cast.cxo)
    rows = f"kind;touchpoint;score;n;from;to;survey\nrating;{mail};3,615;2421;01.05.2026;31.05.2026;Survey\n"
    client.post("/own/readings/import/", {"file": SimpleUploadedFile("x.csv", rows.encode()), "mapping": ""})
    run = ImportRun.objects.get()
    path = f"/own/readings/import/{run.pk}/"
    assert run.get_absolute_url() == path
    form = client.get(f"{path}map/").context["form"]
    shown = {field.html_name: field.value() for field in form if field.value() not in (None, False, "")}
    more = {"value-0": "score", "value-decimal": ",", "value-thousands": ".", "first_day-0": "from", "last_day-0": "to"}
    more |= {"source-0": "survey", "low-fixed": "1", "high-fixed": "5", "version": str(run.version)}
    days = {"first_day-formats": "DD.MM.YYYY", "last_day-formats": "DD.MM.YYYY"}
    assert b"3.615" in client.post(f"{path}map/", {**shown, **more, **days, "do": "look"}, follow=True).content
    run.refresh_from_db()
    tried = client.post(f"{path}map/", {**shown, **more, **days, "version": str(run.version), "do": "try"}, follow=True)
    assert tried.context["run"].result["errors"] == []
    assert client.post(f"{path}confirm/").status_code == 302
    assert running.run(run.pk)
    assert Reading.objects.get().value == Decimal("3.615")
    assert client.get("/own/readings/import/").status_code == 200


def test_only_a_value_can_be_withheld(journey_map: Map, cast: Cast) -> None:
    one = journey_map.touchpoint("Signs").reference
    row = "rating,{},{},40,{},2026-05-31,Survey,1,5,\n"
    text = row.format(one, "not yet published", "2026-05-01") + row.format(one, "3.5", "not yet published")
    result = tried(cast.cxo, text)
    assert [(error["row"], error["message"]) for error in result["errors"]] == [
        (3, "This cannot be withheld: it says what was read, where and when.")
    ]
    assert result["notes"] == ["1 row holds no value; left out."]
