"""The import pages: upload, map, try, confirm and watch, without JavaScript."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from initiatives.core.imports import running
from initiatives.core.imports.models import ImportRun, RunState
from initiatives.core.imports.saved import ImportMapping
from initiatives.portfolio.models import Initiative
from tests.cast import Cast

DATA = Path(project.BASE_DIR, "tests", "data")
SMALL = (
    "id;title;dept;begun;cost;rating\n1;One;OPS;08.07.2014;£1,000.50;Amber/Red\n2;Two;SEC;The project is not there yet;£2;Green\n"
)


def signed_in(client: Client, user: Any) -> Client:
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def uploaded(client: Client, data: bytes | str, name: str = "x.csv", mapping: str = "") -> ImportRun:
    file = SimpleUploadedFile(name, data.encode() if isinstance(data, str) else data)
    response = client.post("/initiatives/import/", {"file": file, "mapping": mapping})
    assert response.status_code == 302, response.content.decode()
    run = ImportRun.objects.latest("id")
    assert response["Location"] == f"/initiatives/import/{run.pk}/map/"
    return run


def typed(client: Client, run: ImportRun, **changes: Any) -> dict[str, Any]:
    """What the browser would send: the form as it is shown, and what a person changes."""
    form = client.get(f"/initiatives/import/{run.pk}/map/").context["form"]
    shown = {field.html_name: field.value() for field in form}
    sent = {name: value for name, value in shown.items() if value not in (None, False, "")}
    return {"version": form_version(run), **{name: "on" if value is True else value for name, value in sent.items()}, **changes}


def form_version(run: ImportRun) -> int:
    return ImportRun.objects.get(pk=run.pk).version


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_published_portfolio_comes_in_through_the_pages(cast: Cast, client: Client) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, (DATA / "gmpp-2021-extract.csv").read_bytes(), mapping="gmpp-2021")
    page = client.get(f"/initiatives/import/{run.pk}/map/")
    assert page.status_code == 200
    assert "16 rows and 16 columns were found. They are read as “gmpp-2021” says." in text(page)
    assert "2,013,020,000.00" in text(page) or ",000,000.00" in text(page)
    tried = client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, do="try"))
    assert tried["Location"] == f"/initiatives/import/{run.pk}/"
    found = client.get(tried["Location"])
    assert "It would create 16 , update 0 and leave 0 as they are." in text(found)
    assert "72,854.86" in text(found)
    assert "Amber/Red 3" in text(found)
    assert not Initiative.objects.exists()
    confirmed = client.post(f"/initiatives/import/{run.pk}/confirm/")
    assert confirmed.status_code == 302
    assert "It waits for a worker" in text(client.get(f"/initiatives/import/{run.pk}/"))
    running.run(run.pk)
    assert "16 were created" in text(client.get(f"/initiatives/import/{run.pk}/"))
    assert Initiative.objects.count() == 16
    listed = client.get("/initiatives/import/")
    assert "gmpp-2021" in text(listed)
    again = uploaded(client, (DATA / "gmpp-2021-extract.csv").read_bytes(), mapping="gmpp-2021")
    assert "This very file was imported before" in text(client.get(f"/initiatives/import/{again.pk}/map/"))


def test_a_file_of_another_year_is_mapped_by_hand_and_the_mapping_saved(cast: Cast, client: Client) -> None:
    """Other column names, days as 08.07.2014, pounds: everything is set on the page."""
    signed_in(client, cast.cxo)
    cast.department("OPS")
    run = uploaded(client, SMALL)
    first = {
        "external_source-fixed": "TEST", "external_id-0": "id", "title-0": "title",
        "department-0": "dept", "department-create": "on",
        "starts_on-0": "begun", "starts_on-formats": ["DD.MM.YYYY"], "whole_life_cost-0": "cost", "whole_life_cost-signs": "£",
        "whole_life_cost-multiplier": "1000000", "health-0": "rating", "reported_on-fixed": "2014-12-31", "do": "look",
    }  # fmt: skip
    looked = client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, **first))
    assert looked.status_code == 302
    shown = client.get(looked["Location"])
    for words in ("2014-07-08", "1,000,500,000.00", "withheld", "The mapping does not say what this means"):
        assert words in text(shown)
    values = {said: key for key, said in shown.context["form"].found["health"].items()}
    assert sorted(values) == ["Amber/Red", "Green"]
    meant = {values["Amber/Red"]: "amber", values["Green"]: "green", "save_as": "my 2014", "do": "try"}
    tried = client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, **meant))
    assert "It would create 2" in text(client.get(tried["Location"]))
    saved = ImportMapping.objects.get()
    assert saved.name == "my 2014"
    assert saved.data["fields"]["health"]["values"] == {"Amber/Red": "amber", "Green": "green"}
    assert saved.data["fields"]["starts_on"]["formats"] == ["DD.MM.YYYY"]
    other = uploaded(client, SMALL, mapping="my 2014")
    again = client.post(f"/initiatives/import/{other.pk}/map/", typed(client, other, do="try"))
    assert "It would create 2" in text(client.get(again["Location"]))


def test_encoding_and_separator_are_shown_and_can_be_changed(cast: Cast, client: Client) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, "id;title;dept\n1;Łódź;OPS\n".encode("cp1250"))
    assert "Łódź" not in text(client.get(f"/initiatives/import/{run.pk}/map/"))
    client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, encoding="cp1250", separator=";", do="look"))
    assert "Łódź" in text(client.get(f"/initiatives/import/{run.pk}/map/"))
    broken = client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, encoding="utf-8", do="look"))
    page = client.get(broken["Location"])
    assert "This is not UTF-8: line 2 holds bytes that it does not have." in text(page)
    back = {"version": form_version(run), "header_row": "1", "encoding": "cp1250", "do": "look"}
    assert client.post(f"/initiatives/import/{run.pk}/map/", back).status_code == 302
    assert "1 row" in text(client.get(f"/initiatives/import/{run.pk}/map/"))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.xls", b"\xd0\xcf\x11\xe0", "without macros or password"),
        ("x.csv", b"", "empty"),
        ("x.exe", b"MZ", "should end in"),
        ("x.csv", b"a" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_a_bad_file_is_an_error_at_its_field_and_keeps_nothing(
    cast: Cast, client: Client, name: str, data: bytes, said: str, settings: Any
) -> None:
    signed_in(client, cast.cxo)
    response = client.post("/initiatives/import/", {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 422
    assert said in text(response)
    assert not ImportRun.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize("data", [b'a;b\n"1;2\n', b"a;b\n1;2\x00", b"\xff\xfe\x00\xd8a;b", b"\n\n\n", b"PK\x03\x04 not a zip"])
def test_a_file_that_cannot_be_read_is_explained_on_the_mapping_page(cast: Cast, client: Client, data: bytes) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, data, name="x.xlsx" if data.startswith(b"PK") else "x.csv")
    page = client.get(f"/initiatives/import/{run.pk}/map/")
    assert page.status_code == 200
    assert "The file cannot be read like this." in text(page)
    tried = client.post(f"/initiatives/import/{run.pk}/map/", {"version": run.version, "header_row": 1, "do": "try"})
    assert tried.status_code == 422
    run.refresh_from_db()
    assert run.state == RunState.UPLOADED


@pytest.mark.parametrize(
    "changes",
    [
        {"header_row": "x"}, {"header_row": "0"}, {"encoding": "rot13"}, {"title-0": "no such column"},
        {"title-fixed": "x" * 600}, {"title-0": "title", "title-fixed": "x"},
        {"starts_on-formats": ["DD/MM/YYYY", "MM/DD/YYYY"]}, {"whole_life_cost-multiplier": "7"},
        {"whole_life_cost-0": "cost", "whole_life_cost-decimal": ","}, {"save_as": "x" * 81}, {"withheld": "x" * 600},
    ],
)  # fmt: skip
def test_a_bad_mapping_is_refused_and_what_was_typed_stays(cast: Cast, client: Client, changes: dict[str, Any]) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, SMALL)
    if "starts_on-formats" in changes:
        changes = {**changes, "starts_on-0": "begun"}
    response = client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, do="try", **changes))
    assert response.status_code == 422
    assert 'id="summary"' in response.content.decode()
    run.refresh_from_db()
    assert (run.state, run.mapping) == (RunState.UPLOADED, {})


def test_a_mapping_opened_before_a_change_is_not_saved_over_it(cast: Cast, client: Client) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, SMALL)
    stale = typed(client, run, do="look")
    assert client.post(f"/initiatives/import/{run.pk}/map/", stale).status_code == 302
    assert client.post(f"/initiatives/import/{run.pk}/map/", stale).status_code == 409


def test_errors_are_listed_by_row_and_column_and_keep_the_import_out(cast: Cast, client: Client) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, "id;title;dept\n1;<script>;NIX\n")
    fields = {"external_source-fixed": "T", "external_id-0": "id", "title-0": "title", "department-0": "dept", "do": "try"}
    client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, **fields))
    page = client.get(f"/initiatives/import/{run.pk}/")
    assert "No department has this code or name" in text(page)
    assert "<script>;" not in page.content.decode()
    assert client.post(f"/initiatives/import/{run.pk}/confirm/").status_code == 409
    assert not Initiative.objects.exists()


def test_a_confirmed_import_is_not_mapped_again_and_can_be_cancelled(cast: Cast, client: Client) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, (DATA / "gmpp-2021-extract.csv").read_bytes(), mapping="gmpp-2021")
    client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, do="try"))
    client.post(f"/initiatives/import/{run.pk}/confirm/")
    assert client.post(f"/initiatives/import/{run.pk}/confirm/").status_code == 409
    assert client.get(f"/initiatives/import/{run.pk}/map/").status_code == 409
    assert client.post(f"/initiatives/import/{run.pk}/cancel/").status_code == 302
    assert running.run(run.pk) is None
    assert "It was cancelled. Nothing of it is stored." in text(client.get(f"/initiatives/import/{run.pk}/"))


def test_progress_is_a_part_of_the_page_and_the_end_reloads_it(cast: Cast, client: Client) -> None:
    signed_in(client, cast.cxo)
    run = uploaded(client, (DATA / "gmpp-2021-extract.csv").read_bytes(), mapping="gmpp-2021")
    client.post(f"/initiatives/import/{run.pk}/map/", typed(client, run, do="try"))
    client.post(f"/initiatives/import/{run.pk}/confirm/")
    ImportRun.objects.update(state=RunState.RUNNING, rows_done=8)
    asked = {"HX-Request": "true", "HX-Target": "progress"}
    part = client.get(f"/initiatives/import/{run.pk}/", headers=asked)
    assert "Row 8 of 16" in text(part)
    assert "<html" not in part.content.decode()
    assert "HX-Refresh" not in part
    ImportRun.objects.update(state=RunState.DONE)
    assert client.get(f"/initiatives/import/{run.pk}/", headers=asked)["HX-Refresh"] == "true"


def test_imports_are_seen_by_who_uploaded_them_and_the_cxo(cast: Cast, client: Client) -> None:
    run = uploaded(signed_in(client, cast.head("OPS")), SMALL)
    paths = [f"/initiatives/import/{run.pk}/{rest}" for rest in ("", "map/")]
    assert [client.get(path).status_code for path in paths] == [200, 200]
    signed_in(client, cast.cxo)
    assert [client.get(path).status_code for path in paths] == [200, 200]
    signed_in(client, cast.head("SEC"))
    assert [client.get(path).status_code for path in paths] == [404, 404]
    assert "x.csv" not in text(client.get("/initiatives/import/"))
    for who in (cast.contributor("OPS"), cast.ceo, cast.finance, cast.auditor, cast.administrator, cast.nobody):
        signed_in(client, who)
        assert client.get("/initiatives/import/").status_code == 403
        assert client.post("/initiatives/import/", {"file": SimpleUploadedFile("x.csv", b"a;b")}).status_code == 403
        assert [client.get(path).status_code for path in paths] == [404, 404]
        assert client.post(f"/initiatives/import/{run.pk}/cancel/").status_code == 404
    assert ImportRun.objects.count() == 1


def test_the_pages_cost_few_queries(cast: Cast, client: Client, django_assert_max_num_queries: Any) -> None:
    signed_in(client, cast.cxo)
    runs = [uploaded(client, (DATA / "gmpp-2021-extract.csv").read_bytes(), mapping="gmpp-2021") for _ in range(3)]
    client.post(f"/initiatives/import/{runs[0].pk}/map/", typed(client, runs[0], do="try"))
    for path in ("/initiatives/import/", f"/initiatives/import/{runs[0].pk}/", f"/initiatives/import/{runs[0].pk}/map/"):
        client.get(path)
        with django_assert_max_num_queries(10):
            assert client.get(path).status_code == 200
