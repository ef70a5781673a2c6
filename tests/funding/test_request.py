"""A request is asked by one person, approved by others, and allocated with the last approval."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken, Stale
from initiatives.funding import above
from initiatives.funding.models import Approval, CostObject, FundingRequest, Journal, Pool, RequestLine, State
from initiatives.organization.models import Department, Role, User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.refusals import refused


def state_of(request: FundingRequest) -> tuple[str, int, int]:
    """What a refusal must leave as it was: the state, the approvals, the allocations."""
    request.refresh_from_db()
    return request.state, request.approvals.count(), Journal.objects.filter(act="allocated").count()


def test_three_pools_pay_one_cost_object(cast: Cast, treasury: Treasury) -> None:
    thing, _heads = treasury.cost_object(), (cast.head("OPS"), cast.head("MKT"))
    request = treasury.submitted(thing, OPS="100.00", MKT="200.00", CENTRAL="300.00")
    thing.refresh_from_db()
    assert (thing.asked, treasury.pool("MKT").asked) == (600, 200)
    request.approve(by=cast.head("MKT"))
    request.approve(by=cast.cxo)
    request.approve(by=cast.head("OPS"))
    assert state_of(request) == (State.SUBMITTED, 3, 0)
    request.approve(by=cast.finance)
    assert state_of(request) == (State.ALLOCATED, 4, 1)
    thing.refresh_from_db()
    assert (thing.asked, thing.allocated) == (0, 600)
    assert [treasury.pool(code).free for code in ("OPS", "MKT", "")] == [900, 800, 700]
    verbs = [event.act for event in Event.objects.about(request).order_by("id")]
    assert verbs == ["drafted", "submitted", "approved", "approved", "approved", "approved", "allocated"]


def test_a_declined_or_withdrawn_request_moves_nothing(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    declined, withdrawn = (treasury.submitted(thing, OPS="100.00") for _ in range(2))
    with pytest.raises(BadInput, match="Say why"):
        declined.decline(by=cast.head("OPS"), reason=" ")
    declined.decline(by=cast.head("OPS"), reason="Not this year")
    withdrawn.withdraw(by=thing.owner)
    assert state_of(declined) == (State.DECLINED, 0, 0)
    assert state_of(withdrawn) == (State.WITHDRAWN, 0, 0)
    assert Event.objects.about(declined).get(verb__endswith="declined").reason == "Not this year"
    thing.refresh_from_db()
    assert thing.asked == treasury.pool("OPS").asked == 0
    for request in (declined, withdrawn):
        with pytest.raises(RuleBroken, match="not waiting"):
            request.approve(by=cast.head("OPS"))


@pytest.mark.parametrize("who", ["nobody", "ceo", "auditor", "administrator", "finance"])
def test_others_do_not_ask(cast: Cast, treasury: Treasury, who: str) -> None:
    with pytest.raises(RuleBroken, match="Only the owner"):
        treasury.draft(treasury.cost_object(), by=getattr(cast, who), OPS="1.00")
    assert FundingRequest.objects.count() == 0


def test_a_request_needs_a_purpose_and_each_pool_once(cast: Cast, treasury: Treasury) -> None:
    thing, pool = treasury.cost_object(), treasury.pool("OPS")
    line = (pool, Decimal("1.00"))
    for lines, purpose in (([], "Kiosks"), ([line], " "), ([line, line], "Kiosks"), ([(pool, Decimal(0))], "Kiosks")):
        with pytest.raises(BadInput):
            FundingRequest.objects.draft(thing, lines=lines, purpose=purpose, by=thing.owner)
    assert FundingRequest.objects.count() == 0


def test_a_request_is_in_one_currency(cast: Cast, treasury: Treasury) -> None:
    dollars = Pool.objects.create(year=treasury.year, department=cast.department("USA"), currency="USD")
    thing, one = treasury.cost_object(), Decimal("1.00")
    with pytest.raises(BadInput, match="in one currency: ask for EUR and USD apart"):
        FundingRequest.objects.draft(thing, lines=[(dollars, one), (treasury.pool("OPS"), one)], purpose="Kiosks", by=thing.owner)
    assert FundingRequest.objects.count() == 0
    request = treasury.draft(thing, OPS="1.00")
    with pytest.raises(IntegrityError, match="another currency"), transaction.atomic():
        RequestLine.objects.create(request=request, pool=dollars, amount=one)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        FundingRequest.objects.update(currency="USD")
    assert RequestLine.objects.count() == 1


# -- who approves ------------------------------------------------------------------------------------------------------------


def test_finance_comes_last(cast: Cast, treasury: Treasury) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="1.00", MKT="1.00")
    request.approve(by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="not yours"):
        request.approve(by=cast.finance)
    assert state_of(request) == (State.SUBMITTED, 1, 0)


@pytest.mark.parametrize("who", ["nobody", "ceo", "auditor", "administrator", "finance", "cxo"])
def test_others_do_not_approve_a_departments_money(cast: Cast, treasury: Treasury, who: str) -> None:
    _ = cast.head("OPS"), cast.head("MKT")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    for person in (getattr(cast, who), cast.head("MKT"), cast.contributor("OPS")):
        with pytest.raises(RuleBroken):
            request.approve(by=person)
        with pytest.raises(RuleBroken):
            request.decline(by=person, reason="No")
    assert state_of(request) == (State.SUBMITTED, 0, 0)


def test_a_deputy_stands_in_for_the_head(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    assert request.due()[0].people == [head, deputy]
    request.approve(by=deputy)
    assert request.approvals.get().by == deputy


def test_where_nobody_leads_the_department_above_decides_and_at_the_top_the_cxo(cast: Cast, treasury: Treasury) -> None:
    above_it, below = cast.department("GROUND"), cast.department("OPS")
    Department.objects.filter(pk=below.pk).update(parent=above_it)
    head = cast.head("GROUND")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    assert request.due()[0].people == [head]
    User.objects.filter(pk=head.pk).update(is_active=False)
    assert request.due()[0].people == [cast.cxo]
    Role.objects.filter(person=cast.cxo).update(ends=date(2026, 1, 2))
    assert request.due()[0].people == []


def test_one_may_not_give_both_approvals_and_the_next_in_line_is_asked(cast: Cast, treasury: Treasury) -> None:
    head = cast.head("OPS")
    Role.objects.create(person=head, kind="head", department=cast.department("MKT"), starts=date(2026, 1, 1))
    request = treasury.submitted(treasury.cost_object(), OPS="1.00", MKT="1.00")
    request.approve(by=head, pool=treasury.pool("OPS"))
    with pytest.raises(RuleBroken, match="twice"):
        request.approve(by=head)
    assert [due.people for due in request.due()] == [[cast.cxo]]
    assert state_of(request) == (State.SUBMITTED, 1, 0)


# -- self-approval -------------------------------------------------------------------------------------------------------------


def self_approvals(cast: Cast, treasury: Treasury) -> dict[str, tuple[FundingRequest, User]]:
    """Requests that wait for an approval, each with somebody who must not give it."""
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    give = lambda person, kind, where=None: Role.objects.create(  # noqa: E731 - one line a path
        person=person, kind=kind, department=where, starts=date(2026, 1, 1)
    )
    owned, heads_own = treasury.cost_object(), treasury.cost_object(owner=head)
    paths = {
        "head asks": (treasury.submitted(owned, by=head, OPS="1.00"), head),
        "head owns, another asks": (treasury.submitted(heads_own, by=deputy, OPS="1.00"), head),
        "deputy asks": (treasury.submitted(owned, by=deputy, OPS="1.00"), deputy),
        "CXO asks the central pool": (treasury.submitted(owned, by=cast.cxo, CENTRAL="1.00"), cast.cxo),
    }
    by_finance = treasury.submitted(treasury.cost_object(owner=cast.finance), OPS="1.00")
    by_finance.approve(by=head)
    paths["finance asks as owner"] = (by_finance, cast.finance)
    owner = owned.owner
    assert owner is not None
    give(owner, "finance")
    second_role = treasury.submitted(owned, OPS="1.00")
    second_role.approve(by=head)
    paths["requester with finance as second role"] = (second_role, owner)
    give(head, "finance")
    first_step = treasury.submitted(treasury.cost_object(), by=deputy, OPS="1.00")
    first_step.approve(by=head)
    paths["approver of step 1 as finance"] = (first_step, head)
    later = treasury.submitted(treasury.cost_object(), by=deputy, OPS="1.00")
    CostObject.objects.filter(pk=later.cost_object_id).update(owner=head)
    paths["became owner afterwards"] = (FundingRequest.objects.get(pk=later.pk), head)
    return paths


PATHS = [
    "head asks",
    "head owns, another asks",
    "deputy asks",
    "CXO asks the central pool",
    "finance asks as owner",
    "requester with finance as second role",
    "approver of step 1 as finance",
    "became owner afterwards",
]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_approves_ones_own_request(cast: Cast, treasury: Treasury, path: str) -> None:
    request, person = self_approvals(cast, treasury)[path]
    before = state_of(request)
    with pytest.raises(RuleBroken):
        request.approve(by=person)
    assert state_of(request) == before


@pytest.mark.parametrize("path", PATHS)
def test_the_database_refuses_it_too(cast: Cast, treasury: Treasury, path: str) -> None:
    request, person = self_approvals(cast, treasury)[path]
    before = state_of(request)
    finance = bool(request.approvals.exists())
    pool = None if finance else request.lines.get().pool
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(request=request, step="finance" if finance else "budget", pool=pool, by=person, shown="raw")
    assert state_of(request) == before


def test_an_administrator_approves_nothing_whatever_else_she_is(cast: Cast, treasury: Treasury) -> None:
    head = cast.head("OPS")
    Role.objects.create(person=head, kind="administrator", starts=date(2026, 1, 1))
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    with pytest.raises(RuleBroken, match="administers"):
        request.approve(by=head)
    assert head not in request.due()[0].people
    assert state_of(request) == (State.SUBMITTED, 0, 0)


# -- what was shown is what is approved --------------------------------------------------------------------------------------


def test_an_approval_of_something_else_than_shown_is_refused(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    request = treasury.submitted(thing, OPS="1.00")
    shown = request.shown()
    CostObject.objects.filter(pk=thing.pk).update(owner=cast.contributor("MKT"))
    with pytest.raises(Stale, match="changed after you opened it"):
        FundingRequest.objects.get(pk=request.pk).approve(by=cast.head("OPS"), shown=shown)
    assert state_of(request) == (State.SUBMITTED, 0, 0)


def test_nothing_is_allocated_when_an_earlier_approval_no_longer_stands(cast: Cast, treasury: Treasury) -> None:
    thing, head = treasury.cost_object(), cast.head("OPS")
    moved, owned, left, demoted = (treasury.submitted(thing, OPS="1.00") for _ in range(4))
    own_thing = treasury.cost_object()
    owned = treasury.submitted(own_thing, OPS="1.00")
    for request in (moved, owned, left, demoted):
        request.approve(by=head)
    CostObject.objects.filter(pk=thing.pk).update(owner=cast.contributor("MKT"))
    with pytest.raises(RuleBroken, match="What was approved"):
        FundingRequest.objects.get(pk=moved.pk).approve(by=cast.finance)
    CostObject.objects.filter(pk=thing.pk).update(owner=moved.requester)
    CostObject.objects.filter(pk=own_thing.pk).update(owner=head)
    with pytest.raises(RuleBroken):
        FundingRequest.objects.get(pk=owned.pk).approve(by=cast.finance)
    Role.objects.filter(person=head).update(ends=date(2026, 1, 2))
    with pytest.raises(RuleBroken, match="may no longer"):
        FundingRequest.objects.get(pk=demoted.pk).approve(by=cast.finance)
    User.objects.filter(pk=head.pk).update(is_active=False)
    with pytest.raises(RuleBroken, match="may no longer"):
        FundingRequest.objects.get(pk=left.pk).approve(by=cast.finance)
    assert {state_of(request) for request in (moved, owned, left, demoted)} == {(State.SUBMITTED, 1, 0)}


def test_nothing_is_allocated_that_the_pool_no_longer_has(cast: Cast, treasury: Treasury) -> None:
    first, second = (treasury.submitted(treasury.cost_object(), OPS="600.00") for _ in range(2))
    first.approve(by=cast.head("OPS"))
    second.approve(by=cast.head("OPS"))
    first.approve(by=cast.finance)
    with pytest.raises(RuleBroken, match=r"400\.00 EUR free; 600\.00 is asked"):
        second.approve(by=cast.finance)
    assert state_of(second) == (State.SUBMITTED, 1, 1)
    third = treasury.submitted(treasury.cost_object(), OPS="400.01")
    with pytest.raises(RuleBroken, match="free"):
        third.approve(by=cast.head("OPS"))
    assert state_of(third) == (State.SUBMITTED, 0, 1)


def test_the_room_above_hears_of_an_allocation_and_may_refuse_it(
    cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[CostObject, User]] = []
    monkeypatch.setattr(above, "_allocated", [lambda thing, by, seed: heard.append((thing, by))])
    thing = treasury.cost_object()
    treasury.funded(thing, OPS="1.00")
    assert heard == [(thing, cast.second_finance)]

    def refuse(thing: CostObject, by: User, seed: bool) -> None:
        raise RuleBroken("It was cancelled.")

    monkeypatch.setattr(above, "_allocated", [refuse])
    request = treasury.submitted(thing, OPS="1.00")
    request.approve(by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="cancelled"):
        request.approve(by=cast.finance)
    assert state_of(request) == (State.SUBMITTED, 1, 1)


# -- the same form twice -----------------------------------------------------------------------------------------------------


def test_each_form_does_its_act_once(cast: Cast, treasury: Treasury) -> None:
    thing, pool, keys = treasury.cost_object(), treasury.pool("OPS"), [uuid4() for _ in range(4)]
    line = (pool, Decimal("1.00"))
    drafts = {FundingRequest.objects.draft(thing, lines=[line], purpose="Kiosks", by=thing.owner, key=keys[0]) for _ in range(2)}
    (request,) = drafts
    for _ in range(2):
        request.submit(by=thing.owner, key=keys[1])
    for _ in range(2):
        request.approve(by=cast.head("OPS"), key=keys[2])
    assert state_of(request) == (State.SUBMITTED, 1, 0)
    with pytest.raises(BadInput, match="other content"):
        request.decline(by=cast.head("OPS"), reason="No", key=keys[2])
    for _ in range(2):
        request.decline(by=cast.finance, reason="No", key=keys[3])
    assert Event.objects.about(request).count() == 4


# -- by SQL ------------------------------------------------------------------------------------------------------------------


def test_a_request_takes_only_legal_steps(cast: Cast, treasury: Treasury) -> None:
    thing = treasury.cost_object()
    draft, waiting = treasury.draft(thing, OPS="1.00"), treasury.submitted(thing, OPS="1.00")
    step = "UPDATE funding_fundingrequest SET state = %s WHERE id = %s"
    assert refused(step, "allocated", draft.pk) == "only_legal_steps"
    assert refused(step, "declined", draft.pk) == "only_legal_steps"
    assert refused(step, "draft", waiting.pk) == "only_legal_steps"
    assert refused(step, "allocated", waiting.pk) == "allocated_after_all_approvals"
    waiting.approve(by=cast.head("OPS"))
    assert refused(step, "allocated", waiting.pk) == "allocated_after_all_approvals"
    done = treasury.funded(thing, OPS="1.00")
    for state in ("draft", "submitted", "declined", "withdrawn"):
        assert refused(step, state, done.pk) == "only_legal_steps"
    assert state_of(waiting) == (State.SUBMITTED, 1, 1)


def test_what_was_submitted_stays_as_it_is(cast: Cast, treasury: Treasury) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    edits = [
        "UPDATE funding_requestline SET amount = 2 WHERE request_id = %s",
        "DELETE FROM funding_requestline WHERE request_id = %s",
        "UPDATE funding_fundingrequest SET purpose = 'x' WHERE id = %s",
        "UPDATE funding_fundingrequest SET version = 2 WHERE id = %s",
    ]
    assert {refused(sql, request.pk) for sql in edits} == {"submitted_requests_stay"}
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLine.objects.create(request=request, pool=treasury.pool("MKT"), amount=Decimal("5.00"))
    assert request.total == 1


def test_an_approval_out_of_order_is_refused_by_the_database(cast: Cast, treasury: Treasury) -> None:
    request = treasury.submitted(treasury.cost_object(), OPS="1.00", MKT="1.00")
    give = "INSERT INTO funding_approval (request_id, step, pool_id, by_id, shown, at) VALUES (%s, %s, %s, %s, 'x', now())"
    ops, central = treasury.pool("OPS"), treasury.pool("")
    assert refused(give, request.pk, "finance", None, cast.finance.pk) == "approvals_in_order"
    assert refused(give, request.pk, "budget", central.pk, cast.cxo.pk) == "approvals_in_order"
    assert refused(give, request.pk, "budget", None, cast.cxo.pk) == "approvals_in_order"
    assert refused(give, request.pk, "budget", ops.pk, cast.head("OPS").pk) is None
    assert refused(give, request.pk, "budget", ops.pk, cast.deputy("OPS").pk) == "one_approval_a_step"
    mkt = treasury.pool("MKT")
    assert refused(give, request.pk, "budget", mkt.pk, cast.head("OPS").pk) == "within_authority"
    Role.objects.create(person=cast.head("OPS"), kind="deputy", department=cast.department("MKT"), starts=date(2026, 1, 1))
    assert refused(give, request.pk, "budget", mkt.pk, cast.head("OPS").pk) == "nobody_approves_twice"
    assert state_of(request) == (State.SUBMITTED, 1, 0)
