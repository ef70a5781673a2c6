"""Two who claim, open or rule at the same moment: one case, one claim for each department, one ruling."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connections

from initiatives.core.rules import RuleBroken, broken_by
from initiatives.journey.models import Claim, Contest, OwnedObject, Ruling
from initiatives.organization.models import User
from tests.cast import Cast
from tests.journey.conftest import Map
from tests.journey.contests import Court, court

__all__ = ["court"]

pytestmark = pytest.mark.django_db(transaction=True)


def together(acts: list[Callable[[Barrier], Any]]) -> list[str]:
    """Each act in a thread and connection of its own, all at the same moment; what each was told."""
    ready = Barrier(len(acts))

    def run(act: Callable[[Barrier], Any]) -> str:
        try:
            act(ready)
        except RuleBroken as refused:
            return str(refused)
        except IntegrityError as error:
            return str(broken_by(error))
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def case_of(pk: int) -> Contest:
    return Contest.objects.with_sides().get(pk=pk)


def ruling(contest: Contest, by: User, code: str, cast: Cast) -> Callable[[Barrier], None]:
    person, department = by.pk, cast.department(code)

    def act(ready: Barrier) -> None:
        case, decider = case_of(contest.pk), User.objects.get(pk=person)
        ready.wait(timeout=20)
        case.rule(department, rationale="Now.", cites=[1], by=decider)

    return act


def test_of_two_rulings_at_once_one_counts(court: Court, cast: Cast) -> None:
    second = cast.person("second_cxo", "cxo")
    contest = court.to_ruling(court.contest())
    said = together([ruling(contest, cast.cxo, "OPS", cast), ruling(contest, second, "MKT", cast)])
    assert said == [f"Nothing is to be ruled on {contest.reference}: ruled.", "done"]
    assert Ruling.objects.get().department_id == case_of(contest.pk).ruled_for_id


def test_without_locks_and_rules_the_same_harness_sees_two_rulings_refused_by_the_database(
    court: Court, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both get past Python, and only the constraint stands in the way."""
    second = cast.person("second_cxo", "cxo")
    contest = court.to_ruling(court.contest())
    passed = Barrier(2)

    def no_lock(self: Any, **more: Any) -> None:
        self._before = None

    def after_both_have_checked(self: Any, *asked: Any) -> None:
        passed.wait(timeout=20)

    monkeypatch.setattr(Contest, "lock", no_lock)
    monkeypatch.setattr(OwnedObject, "lock", no_lock)
    monkeypatch.setattr(Contest, "obstacle_to_rule", after_both_have_checked)
    said = together([ruling(contest, cast.cxo, "OPS", cast), ruling(contest, second, "MKT", cast)])
    assert said == ["Somebody else has ruled at the same moment.", "done"]


def claiming(contest: Contest, by: User, code: str, cast: Cast) -> Callable[[Barrier], None]:
    person, department = by.pk, cast.department(code)

    def act(ready: Barrier) -> None:
        case, head = case_of(contest.pk), User.objects.get(pk=person)
        ready.wait(timeout=20)
        case.claim(department, names=department, words="Ours.", by=head)

    return act


def test_two_counter_claims_at_once_are_both_in_the_case(court: Court, cast: Cast, journey_map: Map) -> None:
    asked = journey_map.touchpoint("Asked of OPS").owned
    head, other = cast.head("OPS"), cast.head("IT")
    asked.propose(cast.department("OPS"), by=cast.cxo)
    contest = court.contest(asked)
    assert contest.state == "claimed"
    assert together([claiming(contest, head, "OPS", cast), claiming(contest, other, "IT", cast)]) == ["done", "done"]
    assert case_of(contest.pk).state == "contested"
    assert sorted(Claim.objects.values_list("department__code", flat=True)) == ["IT", "MKT", "OPS"]


def test_head_and_deputy_who_claim_at_once_make_one_claim(court: Court, cast: Cast) -> None:
    contest = court.contest()
    people = [cast.head("OPS"), cast.deputy("OPS")]
    assert together([claiming(contest, person, "OPS", cast) for person in people]) == ["done", "done"]
    assert Claim.objects.filter(department=cast.department("OPS")).count() == 1
    assert contest.evidence.count() == 3


def test_of_two_who_open_a_case_at_once_one_does(court: Court, cast: Cast) -> None:
    owned, acts = court.owned(), []
    for code in ("MKT", "IT"):
        person, department = cast.head(code).pk, cast.department(code)

        def act(ready: Barrier, person: int = person, department: Any = department) -> None:
            found, head = court.fresh(owned), User.objects.get(pk=person)
            ready.wait(timeout=20)
            Contest.objects.contest(found, department, names=department, words="Ours.", by=head)

        acts.append(act)
    said = together(acts)
    assert said == [f"{owned.reference} is contested already; make your claim in that case.", "done"]
    assert Contest.objects.count() == 1
