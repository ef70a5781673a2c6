"""Measure N10, to the digit."""

from fractions import Fraction

from initiatives.journey import agreement
from initiatives.journey.agreement import Tally

FIXTURE = [Tally(4, 0), Tally(2, 2), Tally(3, 1)]


def test_the_fixture_of_n10() -> None:
    assert [round(float(tally.agreement or 0), 3) for tally in FIXTURE] == [1, 0.333, 0.5]
    assert round(float(agreement.mean(FIXTURE) or 0), 3) == 0.611
    kappa = agreement.kappa(FIXTURE)
    assert kappa is not None
    assert round(float(kappa), 2) == -0.04
    assert agreement.in_words(kappa) == "no better than chance"
    assert [tally.for_workshop for tally in FIXTURE] == [False, True, True]


def test_an_abstention_agrees_with_nobody() -> None:
    assert Tally(4, 0, 4).agreement == Fraction(6, 28)
    assert Tally(0, 0, 4).agreement == 0
    assert Tally(0, 0, 4).for_workshop


def test_kappa_is_unknown_where_chance_alone_agrees_on_everything() -> None:
    assert agreement.kappa([Tally(4, 0), Tally(4, 0)]) is None
    assert agreement.kappa([Tally(1, 0)]) is None
    assert agreement.kappa([]) is None
    assert agreement.mean([Tally(1, 0)]) is None


def test_perfect_agreement_on_different_answers_is_one() -> None:
    assert agreement.kappa([Tally(4, 0), Tally(0, 4)]) == 1
    assert agreement.in_words(Fraction(1)) == "almost perfect"


def test_a_tie_is_not_adopted() -> None:
    assert [tally.adopted for tally in (Tally(2, 2), Tally(2, 1, 9), Tally())] == [False, True, False]
