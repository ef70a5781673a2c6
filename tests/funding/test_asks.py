"""Deciders are asked, stood in for, and asked no longer once it is decided."""

from django.template.loader import render_to_string
from django.test import RequestFactory

from initiatives.duties.models import Obligation
from initiatives.funding.above import Name
from initiatives.funding.asks import still
from initiatives.funding.models import ASK, FundingRequest, Pool
from initiatives.funding.models.deciders import Authority, holders
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import Department, Holiday, User, reorganizing
from initiatives.organization.purview import purview
from tests.cast import Cast
from tests.funding.conftest import Treasury


def asked(request: FundingRequest) -> dict[User, list[User]]:
    """Who is asked now, and who stands in."""
    return {ask.person: list(ask.stand_ins.order_by("pk")) for ask in Obligation.objects.about(request).open_now()}


def outcomes(request: FundingRequest) -> list[str]:
    return sorted(Obligation.objects.about(request).values_list("outcome", flat=True))


def test_each_pools_head_is_asked_then_finance(cast: Cast, treasury: Treasury) -> None:
    ops, mkt, deputy = cast.head("OPS"), cast.head("MKT"), cast.deputy("OPS")
    request = treasury.draft(treasury.cost_object(), OPS="1.00", MKT="1.00")
    assert asked(request) == {}
    request.submit(by=request.requester)
    assert asked(request) == {ops: [deputy], mkt: []}
    request.approve(by=deputy, pool=treasury.pool("OPS"))
    assert asked(request) == {mkt: []}
    request.approve(by=mkt)
    assert asked(request) == {cast.finance: [cast.second_finance]}
    request.approve(by=cast.finance)
    assert asked(request) == {}
    assert outcomes(request) == ["met", "met", "met"]


def test_the_ask_names_no_more_than_the_reference(cast: Cast, treasury: Treasury) -> None:
    head = cast.head("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    ask = Obligation.objects.about(request).get()
    assert ask.words == f"Approve request {request.pk}"
    assert ask.url == request.get_absolute_url()
    assert ask.department == cast.department("OPS")
    assert ask.due_on == working_days_after(head.today(), 5)


def test_the_decision_is_due_after_five_days_on_which_the_department_works(cast: Cast, treasury: Treasury) -> None:
    head, operations = cast.head("OPS"), cast.department("OPS")
    first = working_days_after(head.today(), 1, operations)
    Holiday.objects.add_holiday(day=first, name="A holiday", department=operations, by=cast.administrator)
    ask = Obligation.objects.about(treasury.submitted(treasury.cost_object(), OPS="1.00")).get()
    assert ask.due_on == working_days_after(first, 5)


def test_declining_or_withdrawing_excuses_the_others(cast: Cast, treasury: Treasury) -> None:
    _ = cast.head("OPS"), cast.head("MKT")
    declined, withdrawn = (treasury.submitted(treasury.cost_object(), OPS="1.00", MKT="1.00") for _ in range(2))
    declined.decline(by=cast.head("OPS"), reason="No")
    withdrawn.withdraw(by=withdrawn.requester)
    assert outcomes(declined) == ["excused", "met"]
    assert outcomes(withdrawn) == ["excused", "excused"]


def test_who_may_not_approve_is_not_asked(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(treasury.cost_object(), by=head, OPS="1.00")
    assert asked(request) == {deputy: []}
    own = treasury.submitted(treasury.cost_object(owner=cast.finance), OPS="1.00")
    own.approve(by=head)
    assert asked(own) == {cast.second_finance: []}
    assert still(cast.finance, {own.pk}) == set()
    assert still(cast.second_finance, {own.pk}) == {own.pk}


def test_the_ask_waits_for_the_decider_and_the_stand_in_only(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    everybody = (head, deputy, cast.cxo, cast.finance, cast.administrator)
    assert [user for user in everybody if Obligation.objects.waiting_for(user)] == [head, deputy]
    assert list(FundingRequest.objects.waiting_for(deputy)) == [request]
    assert not FundingRequest.objects.waiting_for(cast.cxo)


def test_when_a_decider_leaves_the_next_in_line_is_asked(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    left_behind = request.requester.accountable_for(by=cast.cxo)
    assert (f"{request}: waiting for approval", request.get_absolute_url()) in left_behind
    head.deactivate(by=cast.administrator, reason="Left")
    assert set(asked(request)) == {deputy}
    request.approve(by=deputy)
    assert set(asked(request)) == {cast.finance}


def test_when_a_decider_only_loses_the_role_the_next_in_line_is_asked(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    head.roles.get().end(by=cast.administrator, reason="Moves on.")
    assert set(asked(request)) == {deputy}


def test_when_departments_merge_the_heir_decides_about_the_pool(cast: Cast, treasury: Treasury) -> None:
    ops, mkt, head = cast.department("OPS"), cast.department("MKT"), cast.head("MKT")
    assert cast.head("OPS").is_active
    request, pool = treasury.submitted(treasury.cost_object(), OPS="1.00"), treasury.pool("OPS")
    reorganizing.merge(ops, mkt, by=cast.administrator, reason="One team.")
    assert set(asked(request)) == {head}
    assert holders(pool, None, Authority()).people == [head]
    head = User.objects.get(pk=head.pk)
    assert ops.pk in purview(head)
    assert list(Pool.objects.visible_to(head).filter(pk=pool.pk)) == [pool]
    FundingRequest.objects.get(pk=request.pk).approve(by=head)


def test_when_a_department_closes_the_one_above_decides_about_the_pool(cast: Cast, treasury: Treasury) -> None:
    ops, above, head = cast.department("OPS"), cast.department("MKT"), cast.head("MKT")
    Department.objects.filter(pk=ops.pk).update(parent=above)
    assert cast.head("OPS").is_active
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    Department.objects.get(pk=ops.pk).close(by=cast.administrator, reason="No longer needed.")
    assert set(asked(request)) == {head}


def test_who_moves_to_the_new_half_of_a_split_department_is_asked_no_more(cast: Cast, treasury: Treasury) -> None:
    head, deputy = cast.head("OPS"), cast.deputy("OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    reorganizing.split(
        cast.department("OPS"), code="GATE", name="Gates", by=cast.administrator, reason="Too big.", head=head, people=[head]
    )
    assert set(asked(request)) == {deputy}


def test_the_answer_shows_what_remains_and_carries_what_was_shown(
    cast: Cast, treasury: Treasury, named: dict[int, Name], rf: RequestFactory
) -> None:
    head, thing = cast.head("OPS"), treasury.cost_object()
    named[thing.pk] = Name("CX-001 Kiosks", "/initiatives/CX-001/")
    request = treasury.submitted(thing, OPS="400.00")
    ask = Obligation.objects.waiting_for(head).get()
    assert ask.kind == ASK

    def answer() -> str:
        web = rf.get("/")
        web.user = head
        return render_to_string(ask.answer, {"obligation": ask}, request=web)

    for part in ("CX-001 Kiosks", "400.00", "600.00", request.shown(), "Approve", "Decline"):
        assert part in answer()
    del named[thing.pk]
    assert "CX-001" not in answer()
