"""Check-ins: nothing reported is unknown, green expires, and reports cannot be changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.portfolio.models import CheckIn, Initiative, health_shown, stale_after
from tests.cast import Cast
from tests.portfolio.conftest import DAY, Make


def test_a_report_is_kept_beside_the_initiative(cast: Cast, active: Make) -> None:
    initiative = active()
    initiative.check_in(by=cast.head("SEC"), health="amber", percent=40, done="Two lanes.", blockers="Steel is late.")
    kept = Initiative.objects.get(pk=initiative.pk)
    assert (kept.health, kept.percent) == ("amber", 40)
    assert kept.health_on == clock.company_day()


def test_no_material_change_keeps_health_and_percent(cast: Cast, active: Make) -> None:
    initiative = active()
    initiative.check_in(by=cast.head("SEC"), health="red", percent=10)
    report = initiative.report_no_change(by=cast.head("SEC"))
    assert (report.health, report.percent, report.no_change) == ("red", 10, True)


def test_the_first_report_cannot_be_no_material_change(cast: Cast, active: Make) -> None:
    initiative = active()
    with pytest.raises(RuleBroken, match="first check-in"):
        initiative.report_no_change(by=cast.head("SEC"))
    assert not CheckIn.objects.exists()


def test_what_is_not_active_does_not_report(cast: Cast, funded: Make) -> None:
    initiative = funded()
    with pytest.raises(RuleBroken, match="check-ins are for active"):
        initiative.check_in(by=cast.head("SEC"), health="green")
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("who", ["cxo", "finance", "head_of_another", "contributor"])
def test_others_cannot_report(cast: Cast, active: Make, who: str) -> None:
    initiative = active()
    people = {
        "cxo": cast.cxo,
        "finance": cast.finance,
        "head_of_another": cast.head("IT"),
        "contributor": cast.contributor("OPS"),
    }
    with pytest.raises(RuleBroken, match="Only Head Sec"):
        initiative.check_in(by=people[who], health="green")
    assert not CheckIn.objects.exists()


def test_who_is_responsible_reports(cast: Cast, active: Make) -> None:
    initiative = active()
    part = initiative.propose_involvement(cast.department("IT"), "R", by=cast.head("OPS"))
    part.accept(by=cast.head("IT"), person=cast.contributor("IT"))
    initiative.check_in(by=cast.contributor("IT"), health="green")
    assert CheckIn.objects.get().author == cast.contributor("IT")


@pytest.mark.parametrize(("health", "percent"), [("blue", 10), ("green", 101), ("green", -1), ("", 5)])
def test_health_and_percent_outside_their_range_are_refused(cast: Cast, active: Make, health: str, percent: int) -> None:
    initiative = active()
    with pytest.raises(BadInput):
        initiative.check_in(by=cast.head("SEC"), health=health, percent=percent)
    assert not CheckIn.objects.exists()


def test_a_check_in_cannot_be_changed_or_deleted(cast: Cast, active: Make) -> None:
    report = active().check_in(by=cast.head("SEC"), health="green")
    for change in (lambda: CheckIn.objects.update(health="red"), lambda: report.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert CheckIn.objects.get(pk=report.pk).health == "green"


def test_green_expires_after_one_and_a_half_cadences() -> None:
    expires = stale_after(DAY, 28)
    assert health_shown("green", expires, DAY + timedelta(days=42)) == ("green", "On track")
    assert health_shown("green", expires, DAY + timedelta(days=43)) == ("stale", "Stale, was green")
    assert health_shown("", None, DAY) == ("unknown", "No report")


def test_lists_count_unknown_and_stale_apart(cast: Cast, active: Make) -> None:
    silent, late, fresh = active(), active(), active()
    with clock.at(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        late.check_in(by=cast.head("SEC"), health="green")
    with clock.at(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        fresh.check_in(by=cast.head("SEC"), health="green")
    everything = Initiative.objects.all()
    assert list(everything.unreported()) == [silent]
    assert list(everything.stale(DAY)) == [late]
    assert list(everything.reported("green", DAY)) == [fresh]


def test_another_cadence_moves_the_day_a_report_expires(cast: Cast, active: Make) -> None:
    initiative = active()
    initiative.check_in(by=cast.head("SEC"), health="green")
    before = initiative.stale_on
    initiative.edit({"cadence_days": 7}, version=initiative.version, by=cast.head("OPS"))
    kept = Initiative.objects.get(pk=initiative.pk).stale_on
    assert before is not None
    assert kept is not None
    assert kept < before
