"""Money, days, shares and names are written in one way everywhere."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from django.utils.html import strip_tags

from initiatives.core.templatetags.marks import initials

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=BERLIN)


def said(template: str, **context: object) -> str:
    return strip_tags(Template(template).render(Context(context))).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("value", "exact", "rounded"),
    [
        (Decimal("1234.5"), "EUR 1,234.50", "EUR 1.23 k"),
        (Decimal("1250000.50"), "EUR 1,250,000.50", "EUR 1.25 m"),
        (Decimal("310000"), "EUR 310,000.00", "EUR 310 k"),
        (Decimal("-12"), "EUR −12.00", "EUR −12"),
        (Decimal("0"), "EUR 0.00", "EUR 0"),
        (Decimal("999999999999.99"), "EUR 999,999,999,999.99", "EUR 1,000 bn"),
        (None, "withheld", "withheld"),
    ],
)
def test_money_is_exact_with_its_currency_and_withheld_is_not_zero(value: Decimal | None, exact: str, rounded: str) -> None:
    assert said("{{ value|money }}", value=value) == exact
    assert said("{{ value|about }}", value=value) == rounded


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=90), "3 months ago"),
        (timedelta(days=800), "2 years ago"),
        (-timedelta(minutes=30), "in 30 minutes"),
        (-timedelta(days=1), "tomorrow"),
        (-timedelta(days=9), "in 9 days"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_an_instant_is_told_by_its_distance_with_the_exact_one_in_the_title(gap: timedelta, words: str) -> None:
    with timezone.override(BERLIN):
        assert said("{% ago at %}", at=NOW - gap) == words
        exact = Template("{% ago at %}").render(Context({"at": NOW})).replace("\u00a0", " ")
        assert 'title="Fri 20 Nov 2026, 12:00 CET"' in exact


@time_machine.travel(NOW, tick=False)
def test_a_day_is_counted_in_the_readers_zone() -> None:
    with timezone.override(BERLIN):
        assert said("{% ago at %}", at=NOW.date()) == "today"
        assert said("{% ago at %}", at=NOW.date() + timedelta(days=1)) == "tomorrow"
        assert said("{{ at|day }}", at=NOW) == "20 Nov 2026"
        assert said("{{ at|day }}", at=None) == "–"


def test_a_share_comes_with_its_count() -> None:
    assert said("{% share 38 52 %}") == "73 % (38 of 52)"
    assert said("{% share 0 0 %}") == "none of 0"


@pytest.mark.parametrize(("name", "letters"), [("Ada B. Lovelace", "AL"), ("Paul-Émile Roux", "PR"), ("Cher", "C"), ("", "–")])
def test_initials_are_those_of_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ('{% health "green" %}', "On track"),
        ('{% health "red" %}', "Off track"),
        ('{% health "" %}', "No report"),
        ('{% health "green" stale=True %}', "Stale, was green"),
        ('{% health "" stale=True %}', "No report"),
    ],
)
def test_health_is_always_a_word(tag: str, words: str) -> None:
    assert said(tag).strip() == words


def test_words_from_people_cannot_become_markup() -> None:
    page = Template('{% badge words %}{% act words "/x/" obstacle=words %}{% person None words %}{{ number|money:words }}')
    assert "<script>" not in page.render(Context({"words": "<script>", "number": 1}))


@pytest.mark.parametrize(
    ("many", "number", "words"),
    [(1, "1", "1 line"), (3, "1", "3 lines"), (0, "1", "0 lines"), (12, "2", "11–12 of 12 lines")],
)
def test_a_page_says_what_it_counts_as_people_do(many: int, number: str, words: str) -> None:
    page, request = Paginator(range(many), 10).get_page(number), RequestFactory().get("/")
    assert said('{% pagination page of="lines" %}', page=page, request=request).split("\n")[1].strip() == words


def test_what_was_changed_is_named_as_people_name_it() -> None:
    changes = {"ends_on": 1, "lead_department_id": 2, "version": 3}
    assert said("{{ what|fields }}", what=changes) == "the end date, the lead department"
