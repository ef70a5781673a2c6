"""The portfolio's pages through HTTP: what they show to whom, how they refuse, and how many queries they take."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from initiatives.portfolio.models import CheckIn, Initiative, SavedView
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable

LIST = "/initiatives/"


@pytest.fixture
def as_head(cast: Cast, client: Client) -> Client:
    client.force_login(cast.head("OPS"))
    return client


def edited(initiative: Initiative, **changes: object) -> dict[str, object]:
    """What the edit form sends."""
    return {
        "title": initiative.title,
        "problem": initiative.problem,
        "lead_department": initiative.lead_department_id,
        "cadence_days": initiative.cadence_days,
        "version": initiative.version,
        **changes,
    }


def test_every_page_opens(cast: Cast, active: Make, as_head: Client) -> None:
    initiative = active()
    head = cast.head("OPS")
    milestone = initiative.add_milestone("Lanes rebuilt", head.today(), by=head)
    initiative.check_in(by=cast.head("SEC"), health="amber", percent=30, done="Two lanes.")
    base = initiative.get_absolute_url()
    for path in (
        "",
        "edit/",
        "check-in/",
        "parts/new/",
        "milestones/new/",
        "make-confidential/",
        f"milestones/{milestone.pk}/move/",
    ):
        assert as_head.get(base + path).status_code == 200, path
    for path in ("?group=status&sort=-end", "?columns=rank,percent", "board/", "new/", "views/", "export.csv", "?view=board"):
        assert as_head.get(LIST + path).status_code == 200, path
    as_head.force_login(cast.head("SEC"))
    assert as_head.get(f"{base}parts/{accountable(initiative).pk}/").status_code == 200


def test_an_initiative_that_may_not_be_seen_and_one_that_does_not_exist_give_the_same_answer(
    cast: Cast, proposed: Make, client: Client
) -> None:
    initiative = proposed(title="Kestrel")
    initiative.make_confidential(by=cast.cxo)
    client.force_login(cast.head("IT"))
    hidden, absent = client.get(initiative.get_absolute_url()), client.get("/initiatives/CX-999999/")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content.replace(initiative.reference.encode(), b"") == absent.content.replace(b"CX-999999", b"")
    for path in ("", "board/", "export.csv", "?q=kestrel", f"?open={initiative.reference}"):
        answer = client.get(LIST + path).content
        assert b"Kestrel" not in answer, path
    assert b"<strong>0</strong>" not in client.get(LIST).content
    assert client.get(LIST).context["total"] == 0


def test_who_sees_an_initiative_but_may_not_act_is_forbidden(cast: Cast, active: Make, client: Client) -> None:
    initiative = active()
    client.force_login(cast.head("IT"))
    base = initiative.get_absolute_url()
    for path in ("edit/", "complete/", "pause/", "cancel/", "make-confidential/", "check-in/", "parts/new/", "milestones/new/"):
        assert client.post(base + path, {"reason": "Mine now."}).status_code == 403, path
    assert client.post(f"{base}parts/{accountable(initiative).pk}/end/", {"reason": "No."}).status_code == 403
    kept = Initiative.objects.get(pk=initiative.pk)
    assert (kept.status, kept.confidential, kept.version) == ("active", False, 1)


@pytest.mark.parametrize(
    "query",
    [
        "sort=user__password",
        "sort=-__class__",
        "group=title",
        "status=secret",
        "health=blue",
        "department=NOWHERE",
        "accountable=1",
        "columns=password",
        "mine=yes",
        "q=" + "x" * 201,
    ],
)
def test_a_look_that_the_grammar_does_not_have_is_refused(as_head: Client, query: str) -> None:
    for path in ("", "board/", "export.csv", "views/"):
        assert as_head.get(f"{LIST}{path}?{query}").status_code == 400, path


@pytest.mark.parametrize("query", ["page=-1", "page=99999999999999999999", "page=NaN", "open=CX-%00", "q=%25_", "nothing=known"])
def test_odd_pages_and_words_do_no_harm(as_head: Client, query: str) -> None:
    assert as_head.get(f"{LIST}?{query}").status_code in (200, 400)


def test_filters_narrow_and_say_so(cast: Cast, active: Make, draft: Make, as_head: Client) -> None:
    running, waiting = active(title="Running lanes"), draft(title="Waiting lanes", sponsor=cast.finance)
    found = {
        "status=active": [running],
        "status=active&status=draft": [running, waiting],
        "accountable=SEC": [running],
        "accountable=none": [waiting],
        "health=unknown": [running, waiting],
        "health=green": [],
        "q=lanes": [running, waiting],
        "q=waiting": [waiting],
        f"q={running.reference}": [running],
        "sponsor=fiona": [waiting],
        "sponsor=none": [running],
        "department=OPS": [running, waiting],
        "department=SEC": [],
    }
    for query, expected in found.items():
        context = as_head.get(f"{LIST}?{query}").context
        assert [row.reference for row in context["rows"]] == [one.reference for one in expected], query
        assert context["total"] == len(expected)


@pytest.mark.parametrize(("here", "there"), [("", "board/"), ("board/", "")])
def test_the_other_view_of_the_list_has_the_same_filters(as_head: Client, here: str, there: str) -> None:
    page = as_head.get(f"/initiatives/{here}?status=active").content.decode()
    assert f'<a href="/initiatives/{there}?status=active">' in page


def test_mine_are_those_that_i_answer_for_sponsor_drafted_or_take_part_in(cast: Cast, active: Make, client: Client) -> None:
    active()
    for person, count in ((cast.head("SEC"), 1), (cast.contributor("OPS"), 1), (cast.head("IT"), 0)):
        client.force_login(person)
        assert client.get(f"{LIST}?mine=1").context["total"] == count


def test_groups_have_headings_in_the_order_of_life(cast: Cast, active: Make, draft: Make, as_head: Client) -> None:
    active()
    draft()
    rows = as_head.get(f"{LIST}?group=status&sort=-title").context["rows"]
    assert [row.heading for row in rows] == ["Draft", "Active"]


def test_pages_of_the_list_neither_repeat_nor_lose_a_row(cast: Cast, draft: Make, as_head: Client) -> None:
    for number in range(101):
        draft(title=f"Lane {number % 7}")
    pages = [as_head.get(f"{LIST}?sort=title&page={page}").context["rows"] for page in (1, 2)]
    references = [row.reference for rows in pages for row in rows]
    assert [len(rows) for rows in pages] == [100, 1]
    assert len(set(references)) == 101


def test_the_list_takes_as_many_queries_for_many_rows_as_for_few(
    cast: Cast, draft: Make, as_head: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    draft(sponsor=cast.finance)
    with django_assert_num_queries(7):
        as_head.get(f"{LIST}?group=sponsor&sort=-end")
    for number in range(30):
        draft(title=f"Lane {number}", sponsor=cast.cxo)
    with django_assert_num_queries(7):
        as_head.get(f"{LIST}?group=sponsor&sort=-end")


def test_the_initiative_page_takes_few_queries_with_ten_check_ins(
    cast: Cast, active: Make, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    initiative = active()
    for percent in range(10):
        initiative.check_in(by=cast.head("SEC"), health="green", percent=percent, done="More.")
    client.force_login(cast.cxo)
    with django_assert_max_num_queries(11):
        answer = client.get(initiative.get_absolute_url())
    assert answer.content.decode().count("More.") == 10


def test_a_check_in_takes_few_queries(
    cast: Cast, active: Make, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    initiative = active()
    client.force_login(cast.head("SEC"))
    with django_assert_max_num_queries(15):  # four of them savepoints, because the test itself is a transaction
        answer = client.post(f"{initiative.get_absolute_url()}check-in/", {"health": "green", "percent": "50"})
    assert answer.status_code == 302
    assert CheckIn.objects.get().percent == 50


def test_a_refused_form_keeps_what_was_typed(cast: Cast, as_head: Client) -> None:
    data = {"title": "", "problem": "Nobody finds the gate.", "lead_department": cast.department("OPS").pk, "cadence_days": 28}
    answer = as_head.post(f"{LIST}new/", data)
    assert answer.status_code == 422
    assert b"Nobody finds the gate." in answer.content
    assert b'href="#id_title"' in answer.content
    assert not Initiative.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"cadence_days": "0"},
        {"cadence_days": "1e3"},
        {"starts_on": "2026-12-01", "ends_on": "2026-11-01"},
        {"ends_on": "9999-12-31"},
        {"title": "x" * 201},
        {"title": "Turned \u202e around"},
        {"whole_life_cost": "1E+5"},
        {"whole_life_cost": "-5"},
        {"lead_department": "99999"},
        {"version": ""},
        {"version": "-1"},
        {"version": "one"},
    ],
)
def test_bad_input_is_a_field_error_and_changes_nothing(cast: Cast, draft: Make, as_head: Client, wrong: dict[str, str]) -> None:
    initiative = draft()
    answer = as_head.post(f"{initiative.get_absolute_url()}edit/", edited(initiative, **wrong))
    assert answer.status_code == 422
    kept = Initiative.objects.get(pk=initiative.pk)
    assert (kept.title, kept.version, kept.cadence_days) == (initiative.title, 1, 28)


def test_an_edit_over_a_newer_edit_shows_both_versions_and_loses_neither(cast: Cast, draft: Make, as_head: Client) -> None:
    initiative = draft()
    path = f"{initiative.get_absolute_url()}edit/"
    mine = edited(initiative, title="My title")
    initiative.edit({"title": "Their title"}, version=1, by=cast.cxo)
    answer = as_head.post(path, mine)
    assert answer.status_code == 409
    assert b"Their title" in answer.content
    assert b"My title" in answer.content
    assert Initiative.objects.get(pk=initiative.pk).title == "Their title"
    assert as_head.post(path, {**mine, "version": answer.context["form"].data["version"]}).status_code == 302
    assert Initiative.objects.get(pk=initiative.pk).title == "My title"


def test_columns_that_no_form_offers_cannot_be_set(cast: Cast, draft: Make, as_head: Client) -> None:
    initiative = draft()
    sneaky = {
        "status": "realised",
        "rank": "1",
        "confidential": "on",
        "accountable_person": cast.head("OPS").pk,
        "reference": "X",
    }
    assert as_head.post(f"{initiative.get_absolute_url()}edit/", edited(initiative, **sneaky)).status_code == 302
    kept = Initiative.objects.get(pk=initiative.pk)
    assert (kept.status, kept.rank, kept.confidential, kept.accountable_person) == ("draft", None, False, None)
    assert kept.reference == initiative.reference


def test_a_refused_step_says_why(cast: Cast, draft: Make, as_head: Client) -> None:
    initiative = draft()
    answer = as_head.post(f"{initiative.get_absolute_url()}propose/")
    assert answer.status_code == 409
    assert b"Ask a department to be accountable first." in answer.content
    assert Initiative.objects.get(pk=initiative.pk).status == "draft"
    assert b"Ask a department to be accountable first." in as_head.get(initiative.get_absolute_url()).content


def test_the_panel_comes_alone_when_it_is_asked_for_alone(cast: Cast, active: Make, as_head: Client) -> None:
    initiative = active()
    alone = as_head.get(f"{LIST}?open={initiative.reference}", headers={"HX-Request": "true", "HX-Target": "panel"})
    assert b"<html" not in alone.content
    assert initiative.title.encode() in alone.content
    beside = as_head.get(f"{LIST}?open={initiative.reference}")
    assert b"Open the initiative" in beside.content


def test_who_exports_gets_what_their_departments_lead_or_answer_for(cast: Cast, active: Make, client: Client) -> None:
    initiative = active(title="=cmd|'/c calc'!A1")
    counts = {}
    for person in (cast.head("OPS"), cast.head("SEC"), cast.head("IT"), cast.finance, cast.cxo):
        client.force_login(person)
        text = client.get(f"{LIST}export.csv").content.decode("utf-8-sig")
        counts[str(person)] = text.count(initiative.reference)
        assert ",=cmd" not in text
    assert list(counts.values()) == [1, 1, 0, 1, 1]
    client.force_login(cast.administrator)
    assert client.get(f"{LIST}export.csv").status_code == 403


def test_a_confidential_initiative_leaves_only_with_its_head_and_who_sees_everything(
    cast: Cast, proposed: Make, client: Client
) -> None:
    initiative = proposed()
    initiative.make_confidential([cast.finance, cast.contributor("OPS")], by=cast.cxo)
    for person, may in ((cast.head("OPS"), True), (cast.ceo, True), (cast.finance, False), (cast.contributor("OPS"), False)):
        client.force_login(person)
        assert (initiative.reference in client.get(f"{LIST}export.csv").content.decode()) == may, person


def test_views_are_saved_shared_renamed_and_deleted_by_their_owner(cast: Cast, client: Client, as_head: Client) -> None:
    saved = as_head.post(f"{LIST}views/save/", {"name": "Late ones", "shared": "on", "query": "status=active&sort=-end&x=1"})
    assert saved.status_code == 302
    view = SavedView.objects.get()
    assert view.query == "status=active&sort=-end"
    assert as_head.post(f"{LIST}views/save/", {"name": "late ONES", "query": ""}).status_code == 409
    client.force_login(cast.head("IT"))
    assert b"Late ones" in client.get(f"{LIST}views/").content
    assert client.post(f"{LIST}views/{view.pk}/discard/").status_code == 403
    client.force_login(cast.head("OPS"))
    assert client.post(f"{LIST}views/{view.pk}/", {"name": "Mine"}).status_code == 302
    client.force_login(cast.head("IT"))
    assert client.post(f"{LIST}views/{view.pk}/discard/").status_code == 404
    client.force_login(cast.head("OPS"))
    assert client.post(f"{LIST}views/{view.pk}/discard/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_milestone_is_moved_with_a_reason_and_keeps_its_first_day(cast: Cast, active: Make, as_head: Client) -> None:
    initiative = active()
    head = cast.head("OPS")
    milestone = initiative.add_milestone("Lanes rebuilt", head.today(), by=head)
    path = f"{initiative.get_absolute_url()}milestones/{milestone.pk}/move/"
    later = head.today() + timedelta(days=30)
    assert as_head.post(path, {"due_on": later.isoformat(), "reason": ""}).status_code == 422
    assert as_head.post(path, {"due_on": later.isoformat(), "reason": "Steel."}).status_code == 302
    milestone.refresh_from_db()
    assert (milestone.due_on, milestone.promised_on) == (later, head.today())
