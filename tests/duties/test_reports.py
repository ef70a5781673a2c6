"""What waits, for one person and by department, in a fixed number of queries and never more than the reader may see."""

from datetime import date

from django.template.loader import render_to_string
from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.duties import reports
from initiatives.duties.kinds import KINDS, Kind
from initiatives.organization.models import Department
from tests.cast import Cast
from tests.duties.conftest import Ask, Asks, instant


def test_what_waits_says_where_it_goes_if_nobody_answers(cast: Cast, ask: Ask) -> None:
    cast.head("OPS")
    ask(cast.contributor("OPS"), "2026-05-04")
    with clock.at(instant("2026-05-05 09:00")):
        [row] = reports.waiting_for(cast.contributor("OPS"))
        assert (row.goes_to, row.goes_on, row.late, row.stand_in) == (cast.head("OPS"), date(2026, 5, 10), True, False)
        shown = render_to_string("duties/obligation.html", {"waiting": row})
    assert "goes to Head Ops" in shown
    assert 'href="/reports/OPS/"' in shown
    assert "data-late" in shown


def test_the_soonest_comes_first_and_queries_do_not_grow(
    cast: Cast, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    head = cast.head("OPS")
    for number in range(12):
        ask(head, f"2026-05-{20 - number:02}", about=f"D{number}")
        with django_assert_num_queries(3):
            rows = reports.waiting_for(head)
    assert [row.obligation.words for row in rows] == [f"Report on D{number}" for number in range(11, -1, -1)]


def test_nothing_waiting_is_one_query(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cast.ceo  # noqa: B018 - plays
    with django_assert_num_queries(1):
        assert reports.waiting_for(cast.ceo) == []


def test_departments_stand_with_the_longest_waiting_first(
    cast: Cast, ask: Ask, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask(cast.head("OPS"), "2026-05-01", about="OPS", on="2026-04-20")
    ask(cast.head("IT"), "2026-06-01", about="IT", on="2026-04-10")
    ask(cast.contributor("IT"), "2026-05-03", about="IT", on="2026-04-25")
    reader = cast.ceo
    reader.standing  # noqa: B018 - read once a request
    with django_assert_num_queries(2):
        rows = reports.waiting_by_department(reader, instant("2026-05-04 12:00"))
    assert [(row.department, row.waiting, row.overdue, row.days) for row in rows] == [
        (cast.department("IT"), 2, 1, 24),
        (cast.department("OPS"), 1, 1, 14),
    ]


def test_what_the_reader_may_not_see_is_not_counted(cast: Cast, ask: Ask, asks: Asks) -> None:
    ask(cast.head("OPS"), about="OPS")
    ask(cast.head("IT"), about="IT")
    now = instant("2026-05-04 12:00")
    assert [row.department for row in reports.waiting_by_department(cast.head("OPS"), now)] == [cast.department("OPS")]
    assert reports.waiting_by_department(cast.contributor("OPS"), now) == []
    mine = Department.objects.filter(code="IT")
    KINDS[asks.name] = Kind(asks.name, "Report", "", asks.still, visible=lambda user: mine)
    assert [row.department for row in reports.waiting_by_department(cast.contributor("OPS"), now)] == [cast.department("IT")]
