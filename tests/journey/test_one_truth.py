"""N9, to the digit; and the graph behind it against a naive model that tries every way."""

from fractions import Fraction
from itertools import pairwise, permutations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from initiatives.journey.models.system_words import interval
from initiatives.journey.reports.one_truth import (
    Held,
    Link,
    Passage,
    Ways,
    by_weight,
    carry,
    freshest,
    missing,
    online_offline,
    repeat_risk,
    rulings,
    single_view,
)

WEB, CALL, STORE, CRM, NODE = range(1, 6)
IDENTITY, ORDER = 10, 11


def link(source: int, target: int, entity: int = IDENTITY, minutes: int = 0, key: str = "number") -> Link:
    return Link(source, target, entity, key, minutes)


def test_the_fixture_of_repeat_risk() -> None:
    """web→call t 70 carry .5, store→call t 30 carry 0 → R 0.65"""
    assert repeat_risk([(70, Fraction(1, 2)), (30, Fraction(0))]) == Fraction(65, 100)


def test_the_fixture_from_its_systems() -> None:
    """The same from a landscape: the call centre reads who called on the web, not what was ordered, and nothing of the store."""
    ways = Ways([link(WEB, CRM, minutes=30), link(CRM, CALL, minutes=30), link(WEB, CALL, ORDER, minutes=61)])
    captures = {IDENTITY: {WEB, STORE}, ORDER: {WEB, STORE}}
    needed = frozenset({IDENTITY, ORDER})
    web = Passage(70, frozenset({WEB}), frozenset({CALL}), needed)
    store = Passage(30, frozenset({STORE}), frozenset({CALL}), needed)
    shares = {name: (one.traffic, carry(one, captures, ways, 60)) for name, one in (("web", web), ("store", store))}
    assert shares == {"web": (70, Fraction(1, 2)), "store": (30, Fraction(0))}
    assert repeat_risk(shares.values()) == Fraction(65, 100)  # type: ignore[arg-type]  # exact fractions on purpose
    assert by_weight(shares) == ["web", "store"]  # type: ignore[arg-type]  # 35 customers are asked again, and 30
    assert missing(web, captures, ways, 60) == {ORDER}
    assert missing(web, captures, ways, 59) == needed


def test_nothing_needed_and_nobody_passing_measure_nothing() -> None:
    assert carry(Passage(5, frozenset({WEB}), frozenset({CALL}), frozenset()), {}, Ways([]), 60) is None
    assert repeat_risk([]) is None
    assert repeat_risk([(0, Fraction(1))]) is None


def test_one_system_at_both_touchpoints_carries_what_it_captures() -> None:
    passage = Passage(1, frozenset({CRM}), frozenset({CRM}), frozenset({IDENTITY}))
    assert carry(passage, {IDENTITY: {CRM}}, Ways([]), 0) == 1
    assert carry(passage, {}, Ways([]), 0) == 0


# -- Conflicts, voids, the single view --------------------------------------------------------------------------------------


def test_conflicts_and_voids_by_region() -> None:
    held = [
        Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "record", claimed=True), Held(IDENTITY, STORE, "replica", "ASIA"),
        Held(ORDER, STORE, "record", "ASIA"), Held(ORDER, WEB, "capture"), Held(ORDER, CRM, "replica", "EU"),
    ]  # fmt: skip
    assert rulings([IDENTITY, ORDER, 12], held) == {
        (IDENTITY, ""): [CRM, WEB],  # a conflict; Asia is ruled by what counts everywhere
        (ORDER, ""): [],
        (ORDER, "ASIA"): [STORE],
        (ORDER, "EU"): [],
        (12, ""): [],
    }


@pytest.mark.parametrize(
    ("held", "links", "node", "limit", "fault"),
    [
        ([], [], NODE, 60, "void"),
        ([Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "record", claimed=True)], [], CRM, 60, "conflict"),
        ([Held(IDENTITY, CRM, "record")], [], None, 60, "no view"),
        ([Held(IDENTITY, CRM, "record")], [], NODE, 60, "record"),
        ([Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "capture")], [], CRM, 60, "capture"),
        ([Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "capture")], [link(CRM, WEB)], CRM, 60, "capture"),
        ([Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "capture")], [link(WEB, CRM, minutes=61)], CRM, 60, "stale"),
        ([Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "capture")], [link(WEB, CRM, minutes=60)], CRM, 60, ""),
        ([Held(IDENTITY, CRM, "record")], [link(CRM, NODE, ORDER)], NODE, 60, "record"),
        ([Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "capture", "EU")], [link(WEB, CRM)], CRM, 60, ""),
        ([Held(IDENTITY, CRM, "record", "EU"), Held(IDENTITY, WEB, "capture")], [link(WEB, CRM)], CRM, 60, "void"),
        ([Held(IDENTITY, NODE, "record")], [], NODE, 0, ""),
    ],
)
def test_what_keeps_data_from_the_single_view(
    held: list[Held], links: list[Link], node: int | None, limit: int, fault: str
) -> None:
    reach, (view,) = single_view([IDENTITY], held, Ways(links), node, limit)
    assert view.fault == fault
    assert reach == (0 if fault else 1)


def test_staleness_adds_up_from_capture_over_record_to_view() -> None:
    held = [Held(IDENTITY, CRM, "record"), Held(IDENTITY, WEB, "capture"), Held(IDENTITY, STORE, "capture")]
    links = [link(WEB, CRM, minutes=10), link(STORE, CRM, minutes=50), link(CRM, NODE, minutes=30)]
    reach, (view,) = single_view([IDENTITY], held, Ways(links), NODE, 80)
    assert (reach, view.age) == (1, 80)
    assert single_view([IDENTITY], held, Ways(links), NODE, 79)[0] == 0
    assert single_view([], [], Ways([]), NODE, 60) == (None, [])


# -- Online and offline -----------------------------------------------------------------------------------------------------


def test_pairs_are_joined_by_one_key_all_the_way() -> None:
    joined, pairs, apart = online_offline([link(WEB, CRM), link(STORE, CRM, ORDER)], {WEB}, {STORE})
    assert (joined, pairs, apart) == (1, 1, [])
    joined, pairs, apart = online_offline([link(WEB, CRM), link(STORE, CRM, key="E-mail")], {WEB}, {STORE})
    assert (joined, pairs, apart) == (0, 1, [frozenset({WEB, STORE})])
    assert online_offline([link(WEB, STORE, key="E-MAIL")], {WEB}, {STORE})[0] == 1
    assert online_offline([link(CRM, WEB), link(CRM, STORE)], {WEB}, {STORE})[0] == 0  # the data of neither arrive


def test_a_system_that_captures_both_is_joined_with_itself() -> None:
    assert online_offline([], {WEB}, {WEB}) == (1, 1, [])
    assert online_offline([], {WEB, CRM}, {WEB, CRM})[:2] == (2, 3)
    assert online_offline([], set(), {STORE}) == (0, 0, [])


# -- Every way, tried -------------------------------------------------------------------------------------------------------

systems = st.integers(1, 5)
links = st.lists(st.builds(Link, systems, systems, st.just(IDENTITY), st.just("number"), st.integers(0, 90)), max_size=9)


def naive_age(some: list[Link], source: int, target: int) -> int | None:
    """The shortest of all ways that pass no system twice."""
    if source == target:
        return 0
    hop: dict[tuple[int, int], int] = {}
    for one in some:
        pair = one.source, one.target
        hop[pair] = min(one.minutes, hop.get(pair, one.minutes))
    others = [system for system in range(1, 6) if system not in (source, target)]
    ways = ([source, *between, target] for number in range(len(others) + 1) for between in permutations(others, number))
    ages = [sum(hop[step] for step in pairwise(way)) for way in ways if all(step in hop for step in pairwise(way))]
    return min(ages, default=None)


@given(links, systems, systems)
def test_the_freshest_way_is_the_shortest_of_all(some: list[Link], source: int, target: int) -> None:
    assert freshest(some, source).get(target) == naive_age(some, source, target)
    assert Ways(some).age(IDENTITY, source, target) == naive_age(some, source, target)


@given(links, st.sets(systems), st.sets(systems))
def test_pairs_apart_are_those_whose_data_never_meet(some: list[Link], online: set[int], offline: set[int]) -> None:
    def meet(one: int, other: int) -> bool:
        arrive = (naive_age(some, one, place) is not None and naive_age(some, other, place) is not None for place in range(1, 6))
        return one == other or any(arrive)

    pairs = {frozenset((one, other)) for one in online for other in offline}
    apart = {pair for pair in pairs if not meet(min(pair), max(pair))}
    assert online_offline(some, online, offline) == (len(pairs) - len(apart), len(pairs), sorted(apart, key=sorted))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.fractions(0, 1)), max_size=8))
def test_repeat_risk_is_a_share(pairs: list[tuple[int, Fraction]]) -> None:
    risk = repeat_risk(pairs)
    assert risk is None if not any(traffic for traffic, _ in pairs) else 0 <= risk <= 1  # type: ignore[operator]  # never None here


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "at once"), (15, "15 min"), (60, "1 h"), (90, "1.5 h"), (240, "4 h"), (1440, "1 day"), (2160, "36 h"), (2880, "2 days")],
)
def test_intervals_in_words(minutes: int, words: str) -> None:
    assert interval(minutes) == words
