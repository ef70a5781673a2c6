"""The CXO overrules the model by moving candidates, and says why."""

import pytest

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.decisions.models import Assessment, Placement, Ranking
from tests.cast import Cast
from tests.decisions.conftest import Candidate, publish, seen, titles


@pytest.fixture
def four(candidate: Candidate) -> dict[str, int]:
    """A, B, C, D: in the model's order."""
    return {title: candidate(title, value=9 - place, effort=1).pk for place, title in enumerate("ABCD")}


def arrange(cast: Cast, ids: list[int], reasons: dict[int, str] | None = None) -> Ranking:
    ranking = Ranking.objects.draft()
    ranking.arrange(ids, reasons or {}, seen=seen(ranking), by=cast.cxo)
    return Ranking.objects.draft()


def test_the_draft_is_in_the_models_order(four: dict[str, int]) -> None:
    rows = Ranking.objects.draft().rows()
    assert [row.initiative.title for row in rows] == list("ABCD")
    assert [(row.position, row.model_position, row.placed) for row in rows] == [(n, n, False) for n in (1, 2, 3, 4)]
    assert not Ranking.objects.exists()


def test_what_the_cxo_moves_stays_where_it_was_put(cast: Cast, four: dict[str, int], candidate: Candidate) -> None:
    ranking = arrange(cast, [four[one] for one in "DABC"], {four["D"]: "A promise to the airlines."})
    assert titles(ranking) == list("DABC")
    assert next((row.placed, row.reason) for row in ranking.rows()) == (True, "A promise to the airlines.")
    assert Placement.objects.count() == 1
    candidate("New", value=10, effort=1)
    assert titles(ranking) == ["D", "New", "A", "B", "C"]


def test_the_page_may_send_only_the_first_rows(cast: Cast, four: dict[str, int]) -> None:
    assert titles(arrange(cast, [four["B"], four["A"]])) == list("BACD")


def test_a_move_back_to_where_the_model_has_it_is_no_overruling(cast: Cast, four: dict[str, int]) -> None:
    arrange(cast, [four[one] for one in "DABC"], {four["D"]: "So."})
    ranking = arrange(cast, [four[one] for one in "ABCD"])
    assert titles(ranking) == list("ABCD")
    assert not Placement.objects.exists()


def test_moving_without_a_reason_is_kept_but_not_published(cast: Cast, four: dict[str, int]) -> None:
    ranking = arrange(cast, [four[one] for one in "DABC"])
    assert "Say why you moved CX-" in (ranking.obstacle_to_publish(cast.cxo) or "")
    with pytest.raises(RuleBroken, match="Say why you moved"):
        ranking.publish("So.", seen=seen(ranking), by=cast.cxo)
    assert not Ranking.objects.published().exists()
    arrange(cast, [], {four["D"]: "A promise."})
    publish(cast)
    assert Ranking.objects.published().count() == 1


def test_a_reason_may_be_taken_back(cast: Cast, four: dict[str, int]) -> None:
    arrange(cast, [four[one] for one in "DABC"], {four["D"]: "A promise."})
    ranking = arrange(cast, [], {four["D"]: " "})
    assert [row.unexplained for row in ranking.rows()] == [True, False, False, False]


def test_moves_past_other_moved_ones_keep_each_in_its_new_place(cast: Cast, four: dict[str, int]) -> None:
    arrange(cast, [four[one] for one in "DABC"], {four["D"]: "First."})
    ranking = arrange(cast, [four[one] for one in "CDAB"], {four["C"]: "Before even that."})
    assert titles(ranking) == list("CDAB")
    assert {row.initiative.title for row in ranking.rows() if row.placed} == {"C", "D"}


def test_a_draft_that_changed_meanwhile_is_not_overwritten(cast: Cast, four: dict[str, int], candidate: Candidate) -> None:
    ranking = Ranking.objects.draft()
    opened = seen(ranking)
    candidate("New", value=10, effort=1)
    with pytest.raises(Stale):
        ranking.arrange([four["B"]], {}, seen=opened, by=cast.cxo)
    assert not Placement.objects.exists()


def test_judging_again_makes_an_open_form_stale(cast: Cast, four: dict[str, int], candidate: Candidate) -> None:
    ranking = Ranking.objects.draft()
    opened = seen(ranking)
    chosen = ranking.rows()[0].initiative
    Assessment.objects.assess(chosen, value=9, effort=1, rationale="Said better.", by=cast.cxo)
    with pytest.raises(Stale):
        ranking.publish("So.", seen=opened, by=cast.cxo)
    assert not Ranking.objects.published().exists()


@pytest.mark.parametrize("wrong", ["twice", "unknown"])
def test_an_order_of_other_things_is_refused(cast: Cast, four: dict[str, int], wrong: str) -> None:
    ids = [four["A"], four["A"]] if wrong == "twice" else [four["A"], 10**9]
    with pytest.raises(BadInput):
        arrange(cast, ids)
    assert not Placement.objects.exists()


def test_only_the_cxo_arranges(cast: Cast, four: dict[str, int]) -> None:
    ranking = Ranking.objects.draft()
    with pytest.raises(RuleBroken, match="Only the CXO"):
        ranking.arrange([four["D"]], {}, seen=seen(ranking), by=cast.ceo)
    assert not Placement.objects.exists()


def test_arranging_is_recorded_with_the_order_before_and_after(cast: Cast, four: dict[str, int]) -> None:
    ranking = arrange(cast, [four["B"], four["A"]], {four["B"]: "So."})
    before, after = Event.objects.about(ranking).get().changes["order"]
    assert (before[1], before[0]) == (after[0], after[1])


def test_what_is_declined_leaves_the_draft(cast: Cast, four: dict[str, int]) -> None:
    ranking = arrange(cast, [four[one] for one in "DABC"], {four["D"]: "So."})
    ranking.rows()[0].initiative.decline(by=cast.cxo, reason="No longer promised.")
    assert titles(ranking) == list("ABC")
