"""A pool has several alert levels; who leads it and finance are told of each once."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client

from initiatives.core import clock
from initiatives.duties import compose
from initiatives.duties.models import Letter
from initiatives.funding import alerts
from initiatives.funding.forms.control import PercentsField
from initiatives.funding.models import ControlChange
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept, raised
from tests.refusals import refused

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(("typed", "read"), [("50, 80,95", [50, 80, 95]), ("95;50 80 %", [50, 80, 95]), ("100", [100])])
def test_levels_are_typed_in_any_order(typed: str, read: list[int]) -> None:
    assert PercentsField().clean(typed) == read
    assert PercentsField().prepare_value(read) == ", ".join(map(str, read))


@pytest.mark.parametrize("typed", ["", "0", "101", "50,50", "1,2,3,4,5,6", "fifty", "5.5", "²", "-3", "9" * 5000])
def test_other_levels_are_refused(typed: str) -> None:
    with pytest.raises((ValidationError, forms.ValidationError)):
        PercentsField(max_length=9_999).clean(typed)


def test_the_database_keeps_levels_rising(cast: Cast, treasury: Treasury) -> None:
    change = ControlChange.objects.propose(treasury.pool("OPS"), by=cast.finance, reason="Sooner", alert_levels=[50, 80, 95])
    add = (
        "INSERT INTO funding_controlchange (pool_id, by_id, reason, state, at, control, tolerance, alert_levels, for_types,"
        " nature, post_control, post_limit, post_tolerance, seed_limit)"
        " SELECT %s, by_id, reason, state, at, control, tolerance, %s::smallint[], for_types, nature, post_control, post_limit,"
        " post_tolerance, seed_limit FROM funding_controlchange WHERE id = %s"
    )
    other = treasury.pool("HR").pk
    for wrong in ("{}", "{0}", "{101}", "{50,50}", "{80,50}", "{NULL}", "{50,NULL,80}", "{50,101}", "{1,2,3,4,5,6}"):
        assert refused(add, other, wrong, change.pk) == "alert_levels_proposed_rise", wrong
    assert refused(add, other, "{1,2,3,4,100}", change.pk) is None  # the control
    assert refused("UPDATE funding_pool SET alert_levels = '{50}'") == "kept_as_two_said"
    assert treasury.pool("OPS").alert_levels == [80]
    change.confirm(by=cast.second_finance)
    assert treasury.pool("OPS").said("alert_levels") == "50 %, 80 %, 95 %"


def told() -> dict[int, set[User | None]]:
    found: dict[int, set[User | None]] = {}
    for letter in Letter.objects.filter(template="pool_alert"):
        found.setdefault(letter.context["level"], set()).add(letter.recipient)
    return found


def test_each_level_is_told_once_and_again_of_another_budget(cast: Cast, treasury: Treasury, client: Client) -> None:
    concerned = {cast.head("OPS"), cast.finance, cast.second_finance}
    kept(cast, treasury.pool("OPS"), alert_levels=[50, 80, 95])
    with clock.at(FRIDAY):
        treasury.funded(treasury.cost_object(), OPS="490.00")
        assert alerts.tell() == 0
        treasury.funded(treasury.cost_object(), OPS="10.00")
        assert alerts.tell() == 3
        assert alerts.tell() == 0
        assert told() == {50: concerned}
        treasury.funded(treasury.cost_object(), OPS="460.00")
        assert alerts.tell() == 6
        assert told() == {50: concerned, 80: concerned, 95: concerned}
        mine = Letter.objects.filter(recipient=cast.head("OPS"), template="pool_alert")
        words = compose.mail(mine.get(context__level=95), now=FRIDAY).body
        with pytest.raises(compose.Needless, match="higher level"):
            compose.mail(mine.get(context__level=80), now=FRIDAY)
        raised(cast, treasury.pool("OPS"), treasury.pool("OPS").appropriated, by=cast.finance)
        assert alerts.tell() == 0  # 48 % of the new budget
        with pytest.raises(compose.Needless, match="not given away any more"):
            compose.mail(mine.get(context__level=95), now=FRIDAY)
        treasury.funded(treasury.cost_object(), OPS="100.00")
        assert alerts.tell() == 3
    assert "96 % of 1,000.00 EUR are given away from Ops department 2026: its alert level of 95 % is passed, 40.00 EUR" in words
    pool = treasury.pool("OPS")
    assert pool.alert == "53 % of Ops department 2026 are given away; 50 % is its alert level; the next is 80 %."
    client.force_login(cast.head("OPS"))
    assert 'x1="95%"' in client.get(pool.get_absolute_url()).content.decode()


def test_a_pool_whose_control_is_off_tells_nobody(cast: Cast, treasury: Treasury) -> None:
    kept(cast, treasury.pool("OPS"), control="off", alert_levels=[10])
    with clock.at(FRIDAY):
        treasury.funded(treasury.cost_object(), OPS="900.00")
        assert (alerts.tell(), treasury.pool("OPS").marks, treasury.pool("OPS").alert) == (0, (), "")
