"""Initiatives that nobody has tried in small: listed after the company's days, as far as the reader may see them."""

from datetime import timedelta

from pytest_django import DjangoAssertNumQueries

from initiatives.core import clock
from initiatives.journey.models import MapPolicy
from initiatives.organization.models import User
from initiatives.portfolio.models import Experiment, Initiative
from tests.boards.conftest import an_initiative, bring_to
from tests.boards.test_pages import browse
from tests.cast import Cast

PATH = "/prove/untested/"


def shown(user: User) -> list[tuple[str, int]]:
    return [(one.initiative.title, one.days) for one in browse(user).get(PATH).context["untested"]]


def old(cast: Cast, title: str, days: int, status: str = "proposed") -> Initiative:
    initiative = an_initiative(cast, title, "OPS")
    bring_to(initiative, status)
    Initiative.objects.filter(pk=initiative.pk).update(created_at=clock.now() - timedelta(days=days))
    return Initiative.objects.get(pk=initiative.pk)


def test_what_nobody_tried_is_listed_the_longest_first(cast: Cast) -> None:
    old(cast, "Signs", 61), old(cast, "Lanes", 200, "active")
    old(cast, "New", 59), old(cast, "Idea", 300, "draft"), old(cast, "Past", 300, "cancelled")
    tried = old(cast, "Tried", 100)
    said = {"hypothesis": "It helps.", "success": "n ≥ 100", "stops_on": cast.cxo.today() + timedelta(days=9)}
    Experiment.objects.start(tried, **said, by=cast.cxo)
    assert shown(cast.ceo) == [("Lanes", 200), ("Signs", 61)]
    MapPolicy.objects.set({"test_within": 58}, by=cast.cxo, reason="Sooner.")
    assert shown(cast.ceo) == [("Lanes", 200), ("Signs", 61), ("New", 59)]


def test_who_may_not_know_of_one_does_not_find_it(cast: Cast) -> None:
    hidden = old(cast, "Merger", 90)
    hidden.make_confidential(by=cast.cxo)
    assert (shown(cast.ceo), shown(cast.contributor("RET"))) == ([("Merger", 90)], [])


def test_it_costs_the_same_for_any_number(cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = browse(cast.ceo)
    old(cast, "Signs", 61)
    client.get(PATH)
    with django_assert_max_num_queries(12) as few:
        client.get(PATH)
    for number in range(5):
        old(cast, f"Lane {number}", 70)
    with django_assert_max_num_queries(12) as many:
        client.get(PATH)
    assert len(many.captured_queries) == len(few.captured_queries)
