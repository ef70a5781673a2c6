"""The working calendar: weekdays, holidays of the company and of departments, and days counted in them."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some
from pytest_django import DjangoAssertNumQueries

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.organization import calendars
from initiatives.organization.calendars import Calendar, Calendars
from initiatives.organization.models import Department, Holiday, WorkingWeek
from tests.cast import Cast
from tests.organization.test_departments import put_under

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 5, day) for day in (1, 2, 3, 4))
DAYS = some.dates(date(2025, 1, 1), date(2027, 12, 31))
CALENDARS = some.builds(
    Calendar, some.frozensets(some.integers(1, 7), min_size=1), some.frozensets(some.dates(date(2025, 1, 1), date(2026, 12, 31)))
)


def holiday(cast: Cast, day: date, name: str = "A holiday", code: str = "") -> Holiday:
    department = cast.department(code) if code else None
    return Holiday.objects.add_holiday(day=day, name=name, department=department, by=cast.administrator)


# -- Counting ------------------------------------------------------------------------------------------------------------


def test_the_company_works_from_monday_to_friday_unless_it_says_otherwise(cast: Cast) -> None:
    assert [calendars.is_working_day(day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [True, False, False, True]
    WorkingWeek.objects.edit_week([7, 1, 2, 3, 4], by=cast.administrator)
    assert [calendars.is_working_day(day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [False, False, True, True]


def test_working_days_are_counted_over_weekends_and_holidays(cast: Cast) -> None:
    holiday(cast, MONDAY)
    assert calendars.working_days_after(FRIDAY, 1) == date(2026, 5, 5)
    assert calendars.working_days_after(SATURDAY, 1) == date(2026, 5, 5)
    assert calendars.working_days_after(FRIDAY, 0) == FRIDAY
    assert calendars.working_days_after(date(2026, 5, 5), -1) == FRIDAY
    assert calendars.working_days_between(FRIDAY, date(2026, 5, 8)) == 4
    assert calendars.working_days_between(FRIDAY, FRIDAY) == 0
    assert calendars.working_days_between(MONDAY, FRIDAY) == 0


@given(calendar=CALENDARS, start=DAYS, count=some.integers(0, 400))
def test_as_many_working_days_lie_between_as_were_counted(calendar: Calendar, start: date, count: int) -> None:
    end = calendar.working_days_after(start, count)
    assert calendar.working_days_between(start, end) == count
    assert count == 0 or calendar.is_working_day(end)


@given(calendar=CALENDARS, start=DAYS, days=some.integers(0, 500))
def test_the_count_between_is_that_of_the_days_one_by_one(calendar: Calendar, start: date, days: int) -> None:
    one_by_one = sum(calendar.is_working_day(start + timedelta(days=n + 1)) for n in range(days))
    assert calendar.working_days_between(start, start + timedelta(days=days)) == one_by_one


# -- Whose holidays ------------------------------------------------------------------------------------------------------


def test_a_departments_own_holidays_come_on_top_of_the_companys(cast: Cast) -> None:
    holiday(cast, FRIDAY)
    holiday(cast, MONDAY, code="OPS")
    assert not calendars.is_working_day(FRIDAY, cast.department("OPS"))
    assert not calendars.is_working_day(MONDAY, cast.department("OPS"))
    assert calendars.is_working_day(MONDAY)
    assert calendars.is_working_day(MONDAY, cast.department("IT"))


def test_without_own_holidays_those_of_the_nearest_department_above_count(cast: Cast) -> None:
    top, middle, low = (cast.department(code) for code in ("TOP", "MID", "LOW"))
    put_under(middle, top)
    put_under(low, middle)
    holiday(cast, MONDAY, code="TOP")
    assert not calendars.is_working_day(MONDAY, low)
    holiday(cast, FRIDAY, code="MID")
    assert (calendars.is_working_day(MONDAY, low), calendars.is_working_day(FRIDAY, low)) == (True, False)
    assert calendars.is_working_day(FRIDAY, top)


def test_a_cancelled_holiday_is_a_working_day_and_stays_written(cast: Cast) -> None:
    mistake = holiday(cast, MONDAY, "Easter Monday")
    mistake.cancel(by=cast.administrator, reason="It was in April.")
    assert calendars.is_working_day(MONDAY)
    assert Holiday.objects.get().name == "Easter Monday"
    with pytest.raises(RuleBroken, match="already cancelled"):
        mistake.cancel(by=cast.administrator, reason="Again.")
    assert holiday(cast, MONDAY).pk
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == [
        "organization.holiday.added", "organization.holiday.cancelled", "organization.holiday.added",
    ]  # fmt: skip


def test_one_question_is_two_queries_and_a_held_calendar_none(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ops = cast.department("OPS")
    put_under(ops, cast.department("TOP"))
    holiday(cast, MONDAY, code="TOP")
    for of in (ops, None):
        with django_assert_num_queries(1):
            calendars.working_days_after(FRIDAY, 20, of)
    with django_assert_num_queries(1):
        held = Calendars.read()
    with django_assert_num_queries(0):
        assert [held.of(pk).is_working_day(MONDAY) for pk in (ops.pk, None)] == [False, True]


# -- Refusals ------------------------------------------------------------------------------------------------------------


def test_a_day_is_a_holiday_once_in_one_place(cast: Cast) -> None:
    holiday(cast, MONDAY), holiday(cast, MONDAY, code="OPS")
    with pytest.raises(RuleBroken, match="already a holiday there: A holiday"):
        holiday(cast, MONDAY, "Another")
    with pytest.raises(IntegrityError, match="one_holiday_a_day"), transaction.atomic():
        Holiday.objects.create(day=MONDAY, name="Another")
    assert Holiday.objects.count() == 2


def test_a_closed_department_gets_no_holidays(cast: Cast) -> None:
    cast.department("OPS").close(by=cast.administrator, reason="Dissolved.")
    with pytest.raises(RuleBroken, match="is closed"):
        holiday(cast, MONDAY, code="OPS")
    assert not Holiday.objects.exists()


@pytest.mark.parametrize("days", [[], [0], [8], [1, 9]])
def test_the_database_refuses_a_week_that_is_none(db: None, days: list[int]) -> None:
    with pytest.raises(IntegrityError, match="week_of_weekdays"), transaction.atomic():
        WorkingWeek.objects.create(pk=1, days=days)


def test_there_is_one_working_week(cast: Cast) -> None:
    WorkingWeek.objects.edit_week([1], by=cast.administrator)
    WorkingWeek.objects.edit_week([2, 1], by=cast.administrator)
    assert WorkingWeek.objects.get().days == [1, 2]
    with pytest.raises(IntegrityError, match="one_working_week"), transaction.atomic():
        WorkingWeek.objects.create(pk=2)
    with pytest.raises(RuleBroken, match="at least one weekday"):
        WorkingWeek.objects.edit_week([], by=cast.administrator)
    assert WorkingWeek.objects.get().days == [1, 2]


# -- The page ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"organization:{name}", args=args)


def test_an_administrator_adds_and_cancels_a_holiday(admin: Client, cast: Cast) -> None:
    ops = cast.department("OPS")
    answer = admin.post(url("add_holiday"), {"day": "2026-12-25", "name": "Christmas Day", "department": ops.pk})
    assert answer.headers["Location"] == url("calendar") + "?year=2026"
    added = Holiday.objects.get()
    assert (added.day, added.department) == (date(2026, 12, 25), ops)
    page = admin.get(url("calendar"), {"year": 2026}).content.decode()
    assert "Christmas Day" in page
    assert "added the holiday Christmas Day on 2026-12-25" in page
    assert admin.post(url("cancel_holiday", added.pk), {"reason": ""}).status_code == 422
    assert admin.post(url("cancel_holiday", added.pk), {"reason": "A mistake."}).status_code == 302
    assert admin.post(url("cancel_holiday", added.pk), {"reason": "Again."}).status_code == 409
    assert "Cancelled" in admin.get(url("calendar"), {"year": 2026}).content.decode()
    assert "Christmas Day" not in admin.get(url("calendar"), {"year": 2027}).content.decode().split("What happened")[0]


def test_an_administrator_changes_the_working_week(admin: Client, cast: Cast) -> None:
    assert 'value="5" id="id_days_4" checked' in admin.get(url("edit_week")).content.decode()
    assert admin.post(url("edit_week"), {"days": ["7", "1"]}).headers["Location"] == url("calendar")
    assert "The company works on Monday, Sunday." in admin.get(url("calendar")).content.decode()
    assert Event.objects.get().changes["days"] == [[1, 2, 3, 4, 5], [1, 7]]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("add_holiday", {"day": "2026-02-30", "name": "x"}),
        ("add_holiday", {"day": "2026-02-03", "name": ""}),
        ("add_holiday", {"day": "2026-02-03", "name": "x" * 61}),
        ("add_holiday", {"day": "2026-02-03", "name": "x", "department": "99999"}),
        ("edit_week", {}),
        ("edit_week", {"days": ["8"]}),
        ("edit_week", {"days": ["Monday"]}),
    ],
)
def test_bad_input_stands_at_its_field_and_nothing_is_stored(admin: Client, name: str, typed: dict[str, str]) -> None:
    assert admin.post(url(name), typed).status_code == 422
    assert not Holiday.objects.exists()
    assert not WorkingWeek.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("year", ["1999", "x", "99999999999999999999", "2026.5"])
def test_a_year_that_is_none_is_refused(admin: Client, year: str) -> None:
    assert admin.get(url("calendar"), {"year": year}).status_code == 400


def test_the_years_beside_are_one_link_away(admin: Client) -> None:
    page = admin.get(url("calendar"), {"year": 2026}).content.decode()
    assert "Working calendar 2026" in page
    for link in ("?year=2025", "?year=2027"):
        assert f'href="{link}"' in page
        assert admin.get(url("calendar") + link).status_code == 200


def test_everybody_reads_the_calendar_and_nobody_else_changes_it(client: Client, cast: Cast) -> None:
    added = holiday(cast, MONDAY, "A day off")
    client.force_login(cast.nobody)
    page = client.get(url("calendar"), {"year": 2026}).content.decode()
    assert "A day off" in page
    assert url("add_holiday") not in page
    for name, args in [("add_holiday", ()), ("edit_week", ()), ("cancel_holiday", (added.pk,))]:
        assert client.post(url(name, *args), {"reason": "x"}).status_code == 403
    assert Holiday.objects.get().cancelled_at is None


def test_the_page_asks_the_same_few_queries_whatever_the_number_of_holidays(
    admin: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(1, 13):
        holiday(cast, date(2026, 3, day), code="OPS")
    with django_assert_max_num_queries(8):
        admin.get(url("calendar"), {"year": 2026})


def test_a_department_is_there_to_be_asked_about(cast: Cast) -> None:
    """A calendar is read by the department's key: one that was closed still has its own."""
    holiday(cast, MONDAY, code="OPS")
    cast.department("OPS").close(by=cast.administrator, reason="Dissolved.")
    assert not calendars.is_working_day(MONDAY, Department.objects.get(code="OPS"))
