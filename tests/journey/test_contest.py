"""Contested ownership (measure N8): claims, clocks, deciders without a stake, ruling, one appeal, lock."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.forms import ModelChoiceField

from initiatives.core import clock
from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.forms.contests import forms_of
from initiatives.journey.models import Contest, Exhibit, OwnedObject, Ruling, State
from initiatives.journey.models.asking_contests import AGREE, APPEAL, KEEP, PROVE, RULE
from initiatives.journey.reports.contests import speed
from initiatives.journey.seams import rebuild_guests
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Role, User, reorganizing
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.journey.contests import Court, after, court, let_pass

__all__ = ["court"]


def asked(contest: Contest, kind: str) -> set[User]:
    return {ask.person for ask in Obligation.objects.open_now().about(contest).filter(kind=kind).select_related("person")}


def stands(owned: OwnedObject) -> tuple[str, str, str]:
    owned = OwnedObject.objects.select_related("department", "person").get(pk=owned.pk)
    return owned.state, owned.department.code if owned.department else "", owned.person.name if owned.person else ""


def test_a_contest_on_what_is_owned_suspends_the_owner_and_names_a_steward(court: Court, cast: Cast) -> None:
    owned = court.owned()
    contest = court.contest(owned)
    owned = court.fresh(owned)
    assert (owned.state, owned.person, owned.steward) == (State.CONTESTED, None, cast.cxo)
    assert (contest.state, contest.due_on) == ("contested", working_days_after(today(), 5))
    assert asked(contest, PROVE) == {cast.head("OPS"), cast.head("MKT")}
    assert asked(contest, KEEP) == {cast.cxo}
    assert OwnedObject.objects.owned().count() == 0


def test_who_owns_the_stage_keeps_it_meanwhile_unless_they_have_a_stake(court: Court, cast: Cast) -> None:
    court.map.before.owned.propose(cast.department("IT"), by=cast.head("IT"), person=cast.contributor("IT"))
    owned = court.owned()
    court.contest(owned)
    assert court.fresh(owned).steward == cast.contributor("IT")


def test_who_heads_no_more_passes_on_the_own_ask_and_nobody_else_is_asked_again(court: Court, cast: Cast) -> None:
    contest = court.contest()
    deputy = cast.deputy("OPS")
    court.again(contest).give_evidence(cast.department("MKT"), words="The contract.", by=cast.head("MKT"))
    cast.head("OPS").roles.get().end(by=cast.administrator, reason="Moves on.")
    assert asked(contest, PROVE) == {deputy}
    deputy.deactivate(by=cast.administrator, reason="Left.")
    assert asked(contest, PROVE) == {cast.cxo}  # where nobody decides any more, it is seen to from above


def test_when_the_steward_leaves_somebody_else_without_a_stake_keeps_it(court: Court, cast: Cast) -> None:
    court.map.before.owned.propose(cast.department("IT"), by=cast.head("IT"), person=cast.contributor("IT"))
    owned = court.owned()
    contest = court.contest(owned)
    cast.contributor("IT").deactivate(by=cast.administrator, reason="Left.")
    assert (court.fresh(owned).state, court.fresh(owned).steward) == (State.CONTESTED, cast.cxo)
    assert asked(contest, KEEP) == {cast.cxo}


@pytest.mark.parametrize("stranger", ["contributor", "cxo", "other head"])
def test_only_the_departments_own_head_contests_for_it(court: Court, cast: Cast, stranger: str) -> None:
    owned, people = court.owned(), {"contributor": cast.contributor("MKT"), "cxo": cast.cxo, "other head": cast.head("IT")}
    department = cast.department("MKT")
    with pytest.raises(RuleBroken, match="Only the head"):
        Contest.objects.contest(owned, department, names=department, words="Ours.", by=people[stranger])
    assert not Contest.objects.exists()
    assert stands(owned)[0] == State.OWNED


def test_what_is_not_contested(court: Court, cast: Cast) -> None:
    mkt, ops, head = cast.department("MKT"), cast.department("OPS"), cast.head("MKT")
    free = court.map.touchpoint("Free").owned
    for owned, department, by, why in (
        (free, mkt, head, "takes it on without a contest"),
        (court.owned("Ours"), ops, cast.head("OPS"), "has TP-[0-9]+ already"),
    ):
        with pytest.raises(RuleBroken, match=why):
            Contest.objects.contest(owned, department, names=department, words="Ours.", by=by)
    with pytest.raises(BadInput, match="reasons"):
        Contest.objects.contest(court.owned("Silent"), mkt, names=mkt, words=" ", by=head)
    assert not Contest.objects.exists()


def test_not_ours_but_theirs_asks_the_other_department(court: Court, cast: Cast) -> None:
    owned, it = court.owned(), cast.head("IT")
    contest = Contest.objects.contest(
        owned, cast.department("OPS"), names=cast.department("IT"), words="IT built it.", by=cast.head("OPS")
    )
    assert contest.state == "claimed"
    contest.claim(cast.department("IT"), names=cast.department("IT"), words="True.", by=it)
    assert court.again(contest).settlement == "agreement"
    assert stands(owned) == (State.OWNED, "IT", it.name)


def test_a_claim_that_nobody_answers_stands_but_nobody_becomes_owner_by_silence(court: Court, cast: Cast) -> None:
    asked_of_ops = court.map.touchpoint("Asked of OPS").owned
    _ = cast.head("OPS"), cast.head("IT")
    asked_of_ops.propose(cast.department("OPS"), by=cast.cxo)
    ours = court.contest(asked_of_ops)
    owned = court.owned("Given away")
    theirs = Contest.objects.contest(
        owned, cast.department("OPS"), names=cast.department("IT"), words="IT built it.", by=cast.head("OPS")
    )
    assert (ours.state, theirs.state) == ("claimed", "claimed")
    let_pass(ours)
    assert court.again(ours).settlement == "silence"
    assert stands(asked_of_ops) == (State.OWNED, "MKT", cast.head("MKT").name)
    assert court.again(theirs).state == "contested"


def test_clocks_move_the_case_on_and_ask_the_right_people(court: Court, cast: Cast) -> None:
    contest = court.contest()
    let_pass(contest)
    assert court.again(contest).state == "mediation"
    assert asked(contest, AGREE) == {cast.head("OPS"), cast.head("MKT")}
    let_pass(court.again(contest))
    assert court.again(contest).state == "ruling"
    assert asked(contest, RULE) == {cast.cxo}
    assert asked(contest, AGREE) == set()


def test_a_clock_that_still_runs_moves_nothing(court: Court) -> None:
    contest = court.contest()
    with after(contest):
        assert contest.turn() is False
    assert court.again(contest).state == "contested"


def test_both_sides_may_agree_until_somebody_rules(court: Court, cast: Cast) -> None:
    owned = court.owned()
    contest = court.contest(owned)
    let_pass(contest)
    contest = court.again(contest)
    contest.claim(cast.department("OPS"), names=cast.department("MKT"), words="Take it.", by=cast.head("OPS"))
    assert (court.again(contest).state, court.again(contest).settlement) == ("settled", "agreement")
    assert stands(owned) == (State.OWNED, "MKT", cast.head("MKT").name)
    assert not Obligation.objects.open_now().about(contest).exists()


def test_the_ruling_gives_it_after_the_days_of_appeal_and_locks_it(court: Court, cast: Cast) -> None:
    owned = court.owned()
    contest = court.ruled(court.contest(owned))
    assert (contest.state, stands(owned)[0]) == ("ruled", State.CONTESTED)
    assert asked(contest, APPEAL) == {cast.head("OPS")}
    let_pass(contest)
    contest = court.again(contest)
    assert (contest.state, contest.settlement) == ("settled", "ruling")
    assert stands(owned) == (State.OWNED, "MKT", cast.head("MKT").name)
    owned = court.fresh(owned)
    assert contest.ended_at
    assert owned.locked_until == clock.day_of(contest.ended_at) + timedelta(days=90)
    with pytest.raises(RuleBroken, match="was settled"):
        Contest.objects.contest(owned, cast.department("OPS"), names=cast.department("OPS"), words="Back!", by=cast.head("OPS"))
    assert Contest.objects.count() == 1


def test_who_keeps_what_they_owned_keeps_the_person_they_named(court: Court, cast: Cast) -> None:
    owned = court.map.touchpoint("Kept").owned
    owned.propose(cast.department("OPS"), by=cast.head("OPS"), person=cast.contributor("OPS"))
    let_pass(court.ruled(court.contest(court.fresh(owned)), "OPS"))
    assert stands(owned) == (State.OWNED, "OPS", cast.contributor("OPS").name)


def test_a_ruling_says_why_and_cites_evidence_that_exists(court: Court, cast: Cast) -> None:
    contest = court.to_ruling(court.contest())
    mkt = cast.department("MKT")
    for rationale, cites in (("", [1]), ("Because.", []), ("Because.", [7])):
        with pytest.raises(BadInput, match="cite the evidence"):
            contest.rule(mkt, rationale=rationale, cites=cites, by=cast.cxo)
    with pytest.raises(RuleBroken, match="no stake"):
        contest.rule(cast.department("IT"), rationale="Because.", cites=[1], by=cast.cxo)
    assert not Ruling.objects.exists()


def test_a_decider_with_a_stake_is_excluded_even_as_cxo(court: Court, cast: Cast) -> None:
    Role.objects.create(person=cast.cxo, kind="contributor", department=cast.department("MKT"), starts=today())
    contest = court.to_ruling(court.contest())
    assert [one.person for one in contest.excluded()] == [cast.cxo]
    assert contest.deciders() == [cast.ceo]
    with pytest.raises(RuleBroken, match="You do not rule on this"):
        contest.rule(cast.department("MKT"), rationale="Mine.", cites=[1], by=cast.cxo)
    assert not Ruling.objects.exists()
    assert not User.objects.get(pk=cast.cxo.pk).has_perm("journey.rule_contest", contest)


def test_the_ceo_rules_when_the_cxo_let_the_days_pass(court: Court, cast: Cast) -> None:
    contest = court.to_ruling(court.contest())
    with pytest.raises(RuleBroken, match="ruled by Clara"):
        contest.rule(cast.department("MKT"), rationale="Now.", cites=[1], by=cast.ceo)
    let_pass(contest)
    contest = court.again(contest)
    assert asked(contest, RULE) == {cast.ceo}
    contest.rule(cast.department("MKT"), rationale="Now.", cites=[1], by=cast.ceo)
    assert court.again(contest).state == "ruled"


def test_one_appeal_to_somebody_else_and_that_is_final(court: Court, cast: Cast) -> None:
    owned = court.owned()
    contest = court.ruled(court.contest(owned))
    with pytest.raises(RuleBroken, match="ruled for"):
        contest.appeal(cast.department("MKT"), words="Still.", by=cast.head("MKT"))
    contest.appeal(cast.department("OPS"), words="The contract says otherwise.", by=cast.head("OPS"))
    assert asked(contest, RULE) == {cast.ceo}
    with pytest.raises(RuleBroken, match="ruled first"):
        contest.rule(cast.department("MKT"), rationale="As before.", cites=[1], by=cast.cxo)
    contest.rule(cast.department("OPS"), rationale="The contract counts.", cites=[2], by=cast.ceo)
    assert (court.again(contest).settlement, stands(owned)[:2]) == ("appeal", (State.OWNED, "OPS"))
    with pytest.raises(RuleBroken, match="no ruling to appeal"):
        contest.appeal(cast.department("MKT"), words="Once more.", by=cast.head("MKT"))
    assert contest.rulings.count() == 2


def test_an_appeal_that_is_not_heard_in_time_leaves_the_ruling(court: Court, cast: Cast) -> None:
    contest = court.ruled(court.contest())
    contest.appeal(cast.department("OPS"), words="No.", by=cast.head("OPS"))
    let_pass(court.again(contest))
    contest = court.again(contest)
    assert (contest.settlement, contest.ruled_for) == ("ruling", cast.department("MKT"))


def test_there_is_no_appeal_where_nobody_else_could_rule(court: Court, cast: Cast) -> None:
    Role.objects.create(person=cast.cxo, kind="contributor", department=cast.department("MKT"), starts=today())
    contest = court.ruled(court.contest())
    assert contest.rulings.get().decider == cast.ceo
    assert contest.obstacle_to_appeal(cast.department("OPS"), cast.head("OPS")) == (
        "Nobody but who ruled first could rule on an appeal."
    )


def test_a_claim_taken_back_leaves_everything_as_it_was(court: Court, cast: Cast) -> None:
    owned = court.owned()
    contest = court.contest(owned)
    with pytest.raises(RuleBroken, match="takes its claim back"):
        contest.withdraw(by=cast.head("OPS"))
    contest.withdraw(by=cast.head("MKT"), reason="A misunderstanding.")
    assert stands(owned) == (State.OWNED, "OPS", cast.head("OPS").name)
    assert court.fresh(owned).locked_until is None
    assert not Obligation.objects.open_now().about(contest).exists()


def test_while_it_is_contested_the_handshake_rests(court: Court, cast: Cast) -> None:
    owned = court.owned()
    court.contest(owned)
    with pytest.raises(RuleBroken, match="contested"):
        court.fresh(owned).propose(cast.department("HR"), by=cast.cxo)
    with pytest.raises(RuleBroken, match="contested"):
        owned.ownerships.get().give_back(by=cast.head("OPS"), reason="Enough.")
    assert stands(owned)[0] == State.CONTESTED


def test_who_answers_for_both_sides_is_asked_once_until_both_have_answered(court: Court, cast: Cast) -> None:
    both = cast.people["head_mkt"] = cast.head("OPS")
    ops, mkt = cast.department("OPS"), cast.department("MKT")
    Role.objects.create(person=both, kind="head", department=mkt, starts=date(2026, 1, 1))
    contest = court.contest()
    mine = Obligation.objects.open_now().about(contest).filter(kind=PROVE)
    assert mine.get().person == both
    for department, waits in ((ops, 1), (ops, 1), (mkt, 0)):
        court.again(contest).give_evidence(department, words=f"For {department}.", by=both)
        assert mine.count() == waits
    let_pass(contest)
    assert asked(contest, AGREE) == {both}
    claims = forms_of(User.objects.get(pk=both.pk), court.again(contest))["claim_form"]
    assert isinstance(names := claims.fields["names"], ModelChoiceField)
    assert set(names.queryset or ()) == {ops, mkt}  # for the one side, that it is of the other
    court.again(contest).claim(mkt, names=ops, words="It is theirs after all.", by=both)
    assert asked(contest, AGREE) == {both}
    court.again(contest).claim(ops, names=ops, words="It is ours.", by=both)
    assert (court.again(contest).state, asked(contest, AGREE)) == ("settled", set())


def test_only_sides_give_evidence_and_only_in_its_days(court: Court, cast: Cast) -> None:
    contest = court.contest()
    evidence = contest.give_evidence(cast.department("OPS"), words="The contract of 2019.", by=cast.head("OPS"))
    assert evidence.number == 2
    assert asked(contest, PROVE) == {cast.head("MKT")}
    with pytest.raises(RuleBroken, match="no stake"):
        contest.give_evidence(cast.department("IT"), words="Hm.", by=cast.head("IT"))
    let_pass(contest)
    with pytest.raises(RuleBroken, match="are over"):
        contest.give_evidence(cast.department("OPS"), words="More.", by=cast.head("OPS"))
    assert Exhibit.objects.count() == 2


def skip_a_state(contest: Contest) -> object:
    return Contest.objects.filter(pk=contest.pk).update(state="ruled")


def change_evidence(contest: Contest) -> object:
    return contest.evidence.update(words="Something else")


def open_another(contest: Contest) -> object:
    again = Contest.objects.get(pk=contest.pk)
    again.pk, again.reference, again._state.adding = None, "CON-999", True
    again.save()
    return again


@pytest.mark.parametrize("change", [skip_a_state, change_evidence, open_another])
def test_the_database_keeps_the_case(court: Court, change: Callable[[Contest], object]) -> None:
    contest = court.contest()
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        change(contest)
    assert court.again(contest).state == "contested"


def test_a_restricted_case_is_seen_by_its_sides_and_deciders_only(court: Court, cast: Cast) -> None:
    owned = court.owned()
    owned.guests.add(cast.head("MKT"))
    OwnedObject.objects.filter(pk=owned.pk).update(restricted=True)
    owned = court.fresh(owned)
    owned.project_grants()
    contest = court.contest(owned)
    insiders = [cast.head("OPS"), cast.head("MKT"), cast.cxo, cast.ceo, cast.auditor]
    for person in (*insiders, cast.head("IT"), cast.contributor("HR"), cast.finance, cast.nobody):
        assert Contest.objects.visible_to(person).exists() == (person in insiders), person
        assert person.has_perm("journey.view_contest", contest) == (person in insiders), person
        assert speed(person).settled == 0
    assert rebuild_guests(check=True) == []


def test_how_contests_go_is_measured(court: Court, cast: Cast) -> None:
    first = court.ruled(court.contest())
    first.appeal(cast.department("OPS"), words="No.", by=cast.head("OPS"))
    first.rule(cast.department("OPS"), rationale="Yes.", cites=[1], by=cast.ceo)
    second = court.contest(court.owned("Another"))
    found = speed(cast.ceo)
    assert (found.ruled, found.appealed, found.reversed, found.settled, found.repeated) == (1, 1, 1, 1, 0)
    assert found.days is not None
    assert found.days >= 10
    assert second.state == "contested"


def test_each_step_is_an_event(court: Court) -> None:
    contest = court.ruled(court.contest())
    let_pass(contest)
    acts = [event.act for event in Event.objects.about(contest).order_by("id")]
    assert acts == ["opened", "moved_on", "moved_on", "ruled", "settled"]


@pytest.mark.parametrize(("heir", "owner"), [("head", "IT"), ("", "OPS")])
def test_what_was_ruled_for_a_department_that_merged_is_its_heirs_if_anybody_is_there(
    court: Court, cast: Cast, heir: str, owner: str
) -> None:
    owned = court.owned()
    contest = court.ruled(court.contest(owned))
    reorganizing.merge(cast.department("MKT"), cast.department("IT"), by=cast.administrator, reason="One team.")
    assert not heir or cast.head("IT").is_active
    let_pass(contest)
    assert stands(owned)[:2] == ("owned", owner)
    assert (court.fresh(owned).locked_until is None) == (owner == "OPS")
