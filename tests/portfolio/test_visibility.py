"""Confidential initiatives: `visible_to`, `has_perm` and the projected grants agree, whatever people decide."""

from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from initiatives.core.rules import RuleBroken
from initiatives.organization.models import User
from initiatives.portfolio.access import to_act_on, to_show
from initiatives.portfolio.models import Initiative, Involvement
from initiatives.portfolio.models.grants import project
from tests.cast import Cast
from tests.portfolio.conftest import Make, accountable


def sees(user: User, initiative: Initiative) -> bool:
    user = User.objects.get(pk=user.pk)
    listed = Initiative.objects.visible_to(user).filter(pk=initiative.pk).count()
    allowed = user.has_perm("portfolio.view_initiative", Initiative.objects.get(pk=initiative.pk))
    assert listed == int(allowed), f"{user}: listed {listed} times, permitted {allowed}"
    assert len(to_show(user, initiative.reference)) == len(to_act_on(user, initiative.reference)) == listed
    return allowed


def test_a_confidential_initiative_is_seen_by_its_insiders_only(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    initiative.make_confidential([cast.finance], by=cast.head("OPS"))
    insiders = [cast.head("OPS"), cast.deputy("OPS"), cast.head("SEC"), cast.finance, cast.cxo, cast.ceo, cast.auditor]
    outsiders = [cast.contributor("OPS"), cast.contributor("SEC"), cast.head("IT"), cast.second_finance, cast.administrator]
    assert all(sees(user, initiative) for user in insiders)
    assert not any(sees(user, initiative) for user in outsiders)


def test_an_open_initiative_is_seen_by_everybody_with_a_role(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    assert sees(cast.head("IT"), initiative)
    assert sees(cast.administrator, initiative)
    assert not sees(cast.nobody, initiative)


def test_who_left_sees_nothing(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    initiative.make_confidential([cast.finance], by=cast.cxo)
    User.objects.filter(pk=cast.finance.pk).update(is_active=False)
    assert not sees(cast.finance, initiative)


def test_a_department_that_declines_no_longer_sees_it(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    initiative.make_confidential(by=cast.head("OPS"))
    assert sees(cast.head("SEC"), initiative)
    accountable(initiative).decline(by=cast.head("SEC"), reason="No people.")
    assert not sees(cast.head("SEC"), initiative)


def test_opening_up_takes_the_grants_away(cast: Cast, proposed: Make) -> None:
    initiative = proposed()
    initiative.make_confidential([cast.finance], by=cast.head("OPS"))
    initiative.open_up(by=cast.head("OPS"))
    assert sees(cast.head("IT"), initiative)
    assert project(initiative, apply=False) == []


@pytest.mark.parametrize("who", ["contributor", "head_of_another", "ceo"])
def test_others_cannot_hide_or_open_an_initiative(cast: Cast, proposed: Make, who: str) -> None:
    initiative = proposed()
    by = {"contributor": cast.contributor("OPS"), "head_of_another": cast.head("SEC"), "ceo": cast.ceo}[who]
    with pytest.raises(RuleBroken, match="Only the head of Ops department or the CXO"):
        initiative.make_confidential(by=by)
    assert not Initiative.objects.get(pk=initiative.pk).confidential


PEOPLE = ["finance", "administrator", "ceo", "head OPS", "head SEC", "head IT", "contributor OPS", "deputy IT", "nobody"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hide"), st.sets(st.sampled_from(PEOPLE), max_size=3)),
        st.tuples(st.just("open"), st.none()),
        st.tuples(st.just("ask"), st.tuples(st.sampled_from(["SEC", "IT", "OPS"]), st.sampled_from("RACI"))),
        st.tuples(st.just("accept"), st.sampled_from(["SEC", "IT", "OPS"])),
        st.tuples(st.just("decline"), st.sampled_from(["SEC", "IT", "OPS"])),
        st.tuples(st.just("end"), st.sampled_from(["SEC", "IT", "OPS"])),
        st.tuples(st.just("sponsor"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("lead"), st.sampled_from(["OPS", "SEC"])),
    ),
    max_size=12,
)


def person(cast: Cast, name: str) -> User:
    part, _, code = name.partition(" ")
    return getattr(cast, part)(code) if code else getattr(cast, part)


def take(cast: Cast, initiative: Initiative, what: str, detail: Any) -> None:
    if what == "hide":
        initiative.make_confidential([person(cast, name) for name in detail], by=cast.cxo)
    elif what == "open":
        initiative.open_up(by=cast.cxo)
    elif what == "ask":
        initiative.propose_involvement(cast.department(detail[0]), detail[1], by=cast.cxo)
    elif what == "sponsor":
        initiative.edit({"sponsor": person(cast, detail)}, version=initiative.version, by=cast.cxo)
    elif what == "lead":
        initiative.edit({"lead_department": cast.department(detail)}, version=initiative.version, by=cast.cxo)
    else:
        for part in Involvement.objects.filter(initiative=initiative, department=cast.department(detail)):
            reason = {} if what == "accept" else {"reason": "Because."}
            getattr(part, what)(by=cast.head(detail), **reason)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_list_permission_and_grants_agree_after_any_steps(cast: Cast, draft: Make, steps: list) -> None:
    initiative = draft()
    for what, detail in steps:
        with suppress(RuleBroken):
            take(cast, initiative, what, detail)
        initiative.refresh_from_db()
    assert project(initiative, apply=False) == []
    for name in PEOPLE:
        sees(person(cast, name), initiative)
