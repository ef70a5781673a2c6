"""What is allowed and yet looked at: approvals for each other, and one purpose in slices below a limit."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.funding.above import Name
from initiatives.funding.models import ApprovalLimit, Delegation, FlagAnswer, FundingRequest, Virement
from initiatives.funding.models.flag_answers import Found
from initiatives.funding.reports import answer_flag, flags_page
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury

MORNING = datetime.fromisoformat("2026-06-01T09:00:00+00:00")


def each_other(cast: Cast, treasury: Treasury, days: int) -> list[FundingRequest]:
    """The head of OPS approves what the head of MKT asks for, and that one approves back some days later."""
    ops, mkt = cast.head("OPS"), cast.head("MKT")
    treasury.pool("OPS"), treasury.pool("MKT")
    with clock.at(MORNING):
        first = treasury.submitted(treasury.cost_object(owner=mkt), OPS="10.00")
        first.approve(by=ops)
    with clock.at(MORNING + timedelta(days=days)):
        second = treasury.submitted(treasury.cost_object(owner=ops), MKT="20.00")
        second.approve(by=mkt)
    return [first, second]


def shown(cast: Cast) -> tuple[list[list[int]], list[list[int]]]:
    """The requests of each flag, as the auditor finds them."""
    found = flags_page(cast.auditor)
    each_other, slices = ([[row.thing.pk for row in flag.rows] for flag in flags] for flags in (found.each_other, found.slices))
    return each_other, slices


@pytest.mark.parametrize(("days", "flagged"), [(0, True), (90, True), (91, False)])
def test_who_approved_for_each_other_is_flagged_for_ninety_days(cast: Cast, treasury: Treasury, days: int, flagged: bool) -> None:
    first, second = each_other(cast, treasury, days)
    assert shown(cast) == ([[first.pk, second.pk]] if flagged else [], [])
    assert {first.approvals.count(), second.approvals.count()} == {1}, "it is allowed"


def test_the_head_is_flagged_for_what_the_delegate_approved(cast: Cast, treasury: Treasury) -> None:
    ops, mkt, dina = cast.head("OPS"), cast.head("MKT"), cast.person("dina_delegate", "contributor", "OPS")
    days = {"starts": today(), "ends": today() + timedelta(days=7)}
    Delegation.objects.appoint(cast.department("OPS"), dina, by=ops, reason="On leave", **days)
    first = treasury.submitted(treasury.cost_object(owner=mkt), OPS="10.00")
    first.approve(by=dina)
    second = treasury.submitted(treasury.cost_object(owner=ops), MKT="20.00")
    assert shown(cast) == ([], [])
    second.approve(by=mkt)
    assert shown(cast) == ([[first.pk, second.pk]], [])


def test_slices_that_are_together_above_the_limit_are_flagged(cast: Cast, treasury: Treasury) -> None:
    limit = ApprovalLimit.objects.propose(kind="head", amount=Decimal(100), reason="Rule", by=cast.administrator)
    limit.confirm(by=cast.cxo)
    thing, head = treasury.cost_object(), cast.head("OPS")
    with clock.at(clock.now() - timedelta(days=8)):
        treasury.submitted(thing, OPS="90.00")  # eight days ago: another matter
    slices = [treasury.submitted(thing, OPS="60.00") for _ in range(2)]
    other = treasury.submitted(treasury.cost_object(), OPS="60.00")  # for something else
    for request in (slices[0], other):
        request.approve(by=head)
    assert shown(cast) == ([], [])
    slices[1].approve(by=head)
    assert shown(cast) == ([], [[one.pk for one in slices]])
    (flag,) = flags_page(cast.auditor).slices
    assert (flag.limit, flag.total, flag.approvers) == (100, 120, [head])


def test_without_a_limit_nothing_is_sliced(cast: Cast, treasury: Treasury) -> None:
    thing, _ = treasury.cost_object(), cast.head("OPS")
    for _n in range(2):
        treasury.submitted(thing, OPS="60.00").approve(by=cast.head("OPS"))
    assert shown(cast) == ([], [])


def test_the_page_is_the_auditors_and_finances_and_says_no_more_than_they_may_know(
    cast: Cast, treasury: Treasury, client: Any, named: dict[int, Name]
) -> None:
    first, second = each_other(cast, treasury, 1)
    for request in (first, second):
        named[request.cost_object_id] = Name("CX-001 Kiosks", "/initiatives/CX-001/")
    for person, status in ((cast.auditor, 200), (cast.finance, 200), (cast.cxo, 403), (cast.head("OPS"), 403)):
        client.force_login(person)
        assert client.get(reverse("funding:flags")).status_code == status
    client.force_login(cast.finance)
    assert "CX-001 Kiosks" in client.get(reverse("funding:flags")).text
    named.clear()
    page = client.get(reverse("funding:flags")).text
    assert str(first) in page
    assert "withheld" in page
    for hidden in ("CX-001", str(cast.head("OPS")), str(cast.head("MKT"))):
        assert hidden not in page


# -- answers, and transfers -------------------------------------------------------------------------------------------------


def flags(cast: Cast) -> tuple[int, int, int]:
    found = flags_page(cast.auditor)
    return len(found.each_other), len(found.slices), len(found.answered)


def test_an_answered_flag_folds_away_and_new_facts_raise_another(cast: Cast, treasury: Treasury, client: Any) -> None:
    each_other(cast, treasury, 1)
    (flag,) = flags_page(cast.auditor).each_other
    client.force_login(cast.auditor)
    asks = {"key": flag.key, "reason": "Both were asked by the board."}
    assert client.post(reverse("funding:flag_in_order"), asks | {"reason": " "}).status_code == 422
    assert client.post(reverse("funding:flag_in_order"), asks | {"key": "x"}).status_code == 422
    assert flags(cast) == (1, 0, 0)
    assert client.post(reverse("funding:flag_in_order"), asks).status_code == 302
    assert flags(cast) == (0, 0, 1)
    assert "Both were asked by the board." in client.get(reverse("funding:flags")).text
    again = treasury.submitted(treasury.cost_object(owner=cast.head("MKT")), OPS="10.00")
    with clock.at(MORNING + timedelta(days=5)):
        again.approve(by=cast.head("OPS"))
    assert flags(cast) == (1, 0, 1), "the third approval is another fact"
    answer_flag(flag.key, found=Found.NOT_IN_ORDER, reason="The board knew nothing.", by=cast.finance)
    assert [one.answer.found for one in flags_page(cast.auditor).answered if one.answer] == ["not_in_order"]
    assert FlagAnswer.objects.count() == 2, "what was written before stays"
    with pytest.raises(DatabaseError), transaction.atomic():
        FlagAnswer.objects.update(reason="x")


def test_who_had_a_part_in_it_does_not_answer(cast: Cast, treasury: Treasury) -> None:
    each_other(cast, treasury, 1)
    Role.objects.create(person=cast.head("OPS"), kind="finance", starts=today())
    (flag,) = flags_page(cast.auditor).each_other
    for person, why in ((cast.head("OPS"), "Who asked or approved"), (cast.cxo, "Only finance and the auditor")):
        with pytest.raises(RuleBroken, match=why):
            answer_flag(flag.key, found=Found.IN_ORDER, reason="Fine.", by=User.objects.get(pk=person.pk))
    assert not FlagAnswer.objects.exists()


def test_transfers_for_each_other_and_in_slices_are_flagged(cast: Cast, treasury: Treasury) -> None:
    ops, mkt = cast.head("OPS"), cast.head("MKT")
    pools = treasury.pool("OPS"), treasury.pool("MKT")
    propose = Virement.objects.propose
    propose(pools[0], pools[1], Decimal(10), reason="Peak", by=ops).agree(by=mkt)
    assert flags(cast) == (0, 0, 0)
    propose(pools[1], pools[0], Decimal(10), reason="Back", by=mkt).agree(by=ops)
    assert flags(cast) == (1, 0, 0)
    limit = ApprovalLimit.objects.propose(kind="head", amount=Decimal(100), reason="Rule", by=cast.administrator)
    limit.confirm(by=cast.cxo)
    with clock.at(clock.now() - timedelta(days=9)):
        propose(pools[0], pools[1], Decimal(90), reason="Long ago", by=cast.cxo)
    slices = [propose(pools[0], pools[1], Decimal(60), reason="Peak", by=cast.cxo) for _ in range(2)]
    slices[0].agree(by=mkt)
    assert flags(cast) == (1, 0, 0)
    slices[1].agree(by=mkt)
    (flag,) = flags_page(cast.auditor).slices
    assert ([row.thing for row in flag.rows], flag.approvers, flag.limit, flag.total) == (slices, [mkt], 100, 120)


# -- before and after ----------------------------------------------------------------------------------------------------------


def test_the_request_shows_what_remains_to_who_may_see_the_pool_and_withheld_to_others(
    cast: Cast, treasury: Treasury, client: Any
) -> None:
    _ = cast.head("OPS"), cast.head("MKT")
    treasury.submitted(treasury.cost_object(), MKT="7.00")
    request = treasury.submitted(treasury.cost_object(), OPS="400.00", MKT="150.00")

    def rows(person: Any) -> list[list[str]]:
        client.force_login(person)
        lines = client.get(request.get_absolute_url()).context["report"].lines
        figures = ("free", "after", "allocated", "allocated_after", "others")
        found = {line.pool.department.code: [getattr(line, figure) for figure in figures] for line in lines}
        return [[code, *found[code]] for code in ("OPS", "MKT")]

    assert rows(cast.head("OPS")) == [["OPS", 1000, 600, 0, 400, 0], ["MKT", None, None, None, None, None]]
    assert rows(cast.head("MKT")) == [["OPS", None, None, None, None, None], ["MKT", 1000, 850, 0, 150, 7]]
    assert rows(cast.finance)[1] == ["MKT", 1000, 850, 0, 150, 7]
    assert rows(request.requester) == [["OPS", *[None] * 5], ["MKT", *[None] * 5]]
    text = client.get(request.get_absolute_url()).text
    assert text.count("withheld") >= 6
    assert "→" not in text
    dina = cast.person("dina_delegate", "contributor", "OPS")
    days = {"starts": today(), "ends": today() + timedelta(days=7)}
    Delegation.objects.appoint(cast.department("OPS"), dina, by=cast.head("OPS"), reason="On leave", **days)
    assert rows(dina) == [["OPS", 1000, 600, 0, 400, 0], ["MKT", None, None, None, None, None]]
