"""The model's order, and what somebody moved in it."""

import itertools
import random

from initiatives.decisions.order import model_key, moved, placed


def test_more_value_for_less_effort_comes_first() -> None:
    judged = {"A": (9, 3), "B": (8, 2), "C": (3, 1), "D": (4, 1)}
    assert sorted(judged, key=lambda one: model_key(*judged[one], one)) == ["B", "D", "A", "C"]


def test_equal_quotients_go_by_value_and_then_by_reference() -> None:
    judged = {"CX-1000": (3, 3), "CX-999": (3, 3), "CX-001": (1, 1)}
    assert sorted(judged, key=lambda one: model_key(*judged[one], one)) == ["CX-999", "CX-1000", "CX-001"]


def test_quotients_are_exact_where_floats_would_not_be() -> None:
    keys = {model_key(value, effort, "")[0] for value, effort in [(1, 3), (2, 6), (3, 9)]}
    assert len(keys) == 1


def test_placed_ids_stand_at_their_places_and_the_others_keep_their_order() -> None:
    assert placed([1, 2, 3, 4, 5], {5: 1, 2: 4}) == [5, 1, 3, 2, 4]
    assert placed([1, 2, 3], {1: 99}) == [2, 3, 1]
    assert placed([1, 2, 3], {}) == [1, 2, 3]


def test_what_moved_is_the_smallest_explanation_of_any_new_order() -> None:
    before = [1, 2, 3, 4, 5]
    for after in itertools.permutations(before):
        taken = moved(before, after)
        assert [one for one in before if one not in taken] == [one for one in after if one not in taken]
        stayed = (
            {*some}
            for size in range(5, -1, -1)
            for some in itertools.combinations(before, size)
            if [one for one in after if one in some] == list(some)
        )
        assert len(taken) == 5 - len(next(stayed))


def test_a_hint_says_which_of_two_neighbours_moved() -> None:
    assert moved([1, 2, 3], [2, 1, 3], hints={1}) == {1}
    assert moved([1, 2, 3], [2, 1, 3], hints={2}) == {2}


def test_moves_put_by_hand_give_the_order_back() -> None:
    chance = random.Random(7)
    for _ in range(200):
        before = list(range(1, 20))
        after = chance.sample(before, len(before))
        places = {one: after.index(one) + 1 for one in moved(before, after)}
        assert placed(before, places) == after
