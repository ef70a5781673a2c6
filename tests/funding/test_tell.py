"""Whom a change of a budget concerns reads of it once a day: owner, head and funder, never who made it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from initiatives.core import clock
from initiatives.duties import compose
from initiatives.duties.models import Letter
from initiatives.funding import news
from initiatives.funding.above import Name
from initiatives.funding.models import CostObject
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury

THURSDAY, FRIDAY = datetime(2026, 11, 19, 9, tzinfo=UTC), datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def funded(cast: Cast, treasury: Treasury) -> CostObject:
    """On Thursday HR gave money for something of OPS, and some of it was ordered."""
    with clock.at(THURSDAY):
        cast.head("OPS")
        thing = treasury.cost_object()
        treasury.funded(thing, HR="100.00")
        thing.commit(treasury.pool("HR"), Decimal(10), by=cast.finance)
    return thing


def told() -> set[User]:
    return {letter.recipient for letter in Letter.objects.filter(template="budget_changed")}


def words(person: User) -> str:
    return compose.mail(Letter.objects.get(template="budget_changed", recipient=person), now=FRIDAY).body


def test_owner_head_and_funder_are_told_once(cast: Cast, treasury: Treasury, funded: CostObject, named: dict[int, Name]) -> None:
    named[funded.pk] = Name("CX-001 Kiosks", "/initiatives/CX-001/")
    with clock.at(THURSDAY):
        assert news.tell() == 0  # the day is not over
    with clock.at(FRIDAY):
        assert news.tell() == 5
        assert news.tell() == 0
        assert told() == {funded.owner, cast.head("OPS"), cast.head("HR"), cast.cxo, cast.finance}  # these two of the pool
        mine = words(funded.owner)
    assert "Allocated: 100.00 EUR, Hr department 2026, CX-001 Kiosks" in mine
    assert "Committed" not in mine
    assert "Appropriated" not in mine  # the pool's own money concerns who leads it
    assert "Appropriated: 1,000.00 EUR" in words(cast.head("HR"))


def test_who_made_the_change_is_not_told_of_it(cast: Cast, treasury: Treasury, funded: CostObject) -> None:
    with clock.at(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        funded.release(treasury.pool("HR"), Decimal(5), by=funded.owner)
    with clock.at(datetime(2026, 11, 23, 4, tzinfo=UTC)):  # Thursday is too long ago; Friday is not
        news.tell()
        assert told() == {cast.head("OPS"), cast.head("HR")}


def test_what_may_not_be_named_is_not_named_in_the_letter(cast: Cast, treasury: Treasury, funded: CostObject) -> None:
    with clock.at(FRIDAY):
        news.tell()
        assert "Restricted item" in words(cast.head("HR"))


def test_who_may_not_see_it_any_more_gets_no_letter(cast: Cast, treasury: Treasury, funded: CostObject) -> None:
    owner = funded.owner
    with clock.at(FRIDAY):
        news.tell()
        funded.owner = cast.ceo
        funded.save()
        with pytest.raises(compose.Needless):
            words(owner)
