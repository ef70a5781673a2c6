"""A head's delegate decides on the head's behalf: both names stand on the approval, and duties are kept apart on both."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.models import Approval, ApprovalLimit, CostObject, Delegation, FundingRequest, State
from initiatives.funding.tasks import expire
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury

DAY = timedelta(days=1)


def delegate(cast: Cast, person: User | None = None, **terms: Any) -> Delegation:
    """The contributor (or `person`) decides for the head of OPS for a week."""
    terms = {"starts": today(), "ends": today() + 7 * DAY, **terms}
    person = person or cast.person("dina_delegate", "contributor", "OPS")
    return Delegation.objects.appoint(cast.department("OPS"), person, reason="On leave", by=cast.head("OPS"), **terms)


def refused(request: FundingRequest, person: User) -> str:
    """Why the person cannot approve; nothing was approved."""
    before = request.approvals.count()
    with pytest.raises(RuleBroken) as error:
        request.approve(by=person)
    assert request.approvals.count() == before
    return str(error.value)


def test_the_delegate_approves_on_behalf_of_the_head(cast: Cast, treasury: Treasury) -> None:
    dina = delegate(cast).delegate
    request = treasury.submitted(treasury.cost_object(), OPS="10.00")
    (ask,) = Obligation.objects.waiting_for(dina)
    assert (ask.person, list(ask.stand_ins.all())) == (cast.head("OPS"), [dina])
    assert list(FundingRequest.objects.visible_to(dina)) == [request]
    request.approve(by=dina)
    given = request.approvals.get()
    assert (given.by, given.on_behalf_of) == (dina, cast.head("OPS"))
    assert Event.objects.about(request).get(verb__endswith="approved").on_behalf_of == cast.head("OPS")
    request.approve(by=cast.finance)
    assert request.state == State.ALLOCATED


def test_without_a_delegation_a_member_approves_nothing(cast: Cast, treasury: Treasury) -> None:
    _, dina = cast.head("OPS"), cast.person("dina_delegate", "contributor", "OPS")
    request = treasury.submitted(treasury.cost_object(), OPS="10.00")
    assert "not yours" in refused(request, dina)
    assert not FundingRequest.objects.visible_to(dina)


def test_duties_are_kept_apart_on_both(cast: Cast, treasury: Treasury) -> None:
    head, dina = cast.head("OPS"), delegate(cast).delegate
    requests = [
        treasury.submitted(treasury.cost_object(), by=head, OPS="1.00"),  # the head asks
        treasury.submitted(treasury.cost_object(owner=head), by=cast.cxo, OPS="1.00"),  # the head owns it
        treasury.submitted(treasury.cost_object(owner=dina), OPS="1.00"),  # the delegate asks and owns it
    ]
    for request in requests:
        refused(request, dina)
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.create(
                request=request, step="budget", pool=treasury.pool("OPS"), by=dina, on_behalf_of=head, shown=request.shown()
            )
    assert not Approval.objects.exists()


def test_head_and_delegate_do_not_give_two_approvals(cast: Cast, treasury: Treasury) -> None:
    head, dina = cast.head("OPS"), delegate(cast).delegate
    Role.objects.create(person=head, kind="head", department=cast.department("MKT"), starts=date(2026, 1, 1))
    Role.objects.create(person=dina, kind="finance", starts=date(2026, 1, 1))
    request = treasury.submitted(treasury.cost_object(), OPS="1.00", MKT="1.00")
    request.approve(by=dina, pool=treasury.pool("OPS"))
    assert refused(request, head) == "Nobody approves a request twice."
    with pytest.raises(IntegrityError, match="twice"), transaction.atomic():
        Approval.objects.create(request=request, step="budget", pool=treasury.pool("MKT"), by=head, shown="x")
    request.approve(by=cast.cxo)
    assert refused(request, dina) == "Nobody approves a request twice."


def test_who_approved_through_a_delegate_does_not_post_what_was_spent(cast: Cast, treasury: Treasury) -> None:
    head, dina, thing = cast.head("OPS"), delegate(cast).delegate, treasury.cost_object()
    Role.objects.create(person=head, kind="finance", starts=date(2026, 1, 1))
    request = treasury.submitted(thing, OPS="10.00")
    request.approve(by=dina)
    request.approve(by=cast.second_finance)
    thing.commit(treasury.pool("OPS"), Decimal(10), by=cast.finance)
    for person in (head, cast.second_finance):
        with pytest.raises(RuleBroken, match="asked for this money or approved it"):
            thing.spend(treasury.pool("OPS"), Decimal(10), by=User.objects.get(pk=person.pk))
    thing.spend(treasury.pool("OPS"), Decimal(10), by=cast.finance)
    thing.refresh_from_db()
    assert thing.spent == 10


def test_the_delegate_is_held_by_the_cap_and_by_the_heads_limit(cast: Cast, treasury: Treasury) -> None:
    dina = delegate(cast, cap=Decimal("50.00")).delegate
    within, above = (treasury.submitted(treasury.cost_object(), OPS=amount) for amount in ("50.00", "50.01"))
    assert "Your limit is below 50.01 EUR" in refused(above, dina)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(
            request=above, step="budget", pool=treasury.pool("OPS"), by=dina, on_behalf_of=cast.head("OPS"), shown="x"
        )
    proposed = ApprovalLimit.objects.propose(kind="head", amount=Decimal("49.99"), reason="Rule", by=cast.administrator)
    proposed.confirm(by=cast.cxo)
    assert "Your limit is below 50.00 EUR" in refused(within, dina)
    assert [due.people for due in within.due()] == [[cast.cxo]]


def test_what_a_delegate_approved_stands_only_while_the_delegation_does(cast: Cast, treasury: Treasury) -> None:
    named = delegate(cast)
    ended, kept = (treasury.submitted(treasury.cost_object(), OPS="1.00") for _ in range(2))
    for request in (ended, kept):
        request.approve(by=named.delegate)
    kept.approve(by=cast.finance)
    named.end(by=cast.head("OPS"))
    assert "may no longer" in refused(ended, cast.finance)
    for end in ({"is_active": False}, {}):
        User.objects.filter(pk=named.delegate_id).update(**end or {"is_active": True})
        assert "may no longer" in refused(ended, cast.finance)


def test_a_delegation_ends_by_itself_and_begins_on_its_day(cast: Cast, treasury: Treasury) -> None:
    tomorrow = delegate(cast, starts=today() + DAY)
    dina = tomorrow.delegate
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    refused(request, dina)
    assert not Obligation.objects.waiting_for(dina)
    tomorrow.end(by=dina)
    named = delegate(cast)
    assert list(Obligation.objects.waiting_for(dina)) == list(Obligation.objects.about(request))
    Delegation.objects.filter(pk=named.pk).update(ends=today())
    refused(request, dina)
    assert not FundingRequest.objects.visible_to(dina)
    expire()
    assert not Obligation.objects.get(kind="funding.approve_request").stand_ins.exists()


@pytest.mark.parametrize("how", ["the head leaves", "the delegate leaves the department", "the delegate administers"])
def test_a_delegation_is_worth_nothing_without_its_people(cast: Cast, treasury: Treasury, how: str) -> None:
    named = delegate(cast)
    request = treasury.submitted(treasury.cost_object(), OPS="1.00")
    if how == "the delegate administers":
        Role.objects.create(person=named.delegate, kind="administrator", starts=date(2026, 1, 1))
    else:
        person = cast.head("OPS") if how == "the head leaves" else named.delegate
        Role.objects.filter(person=person).update(ends=date(2026, 1, 2))
    refused(request, User.objects.get(pk=named.delegate_id))


def test_only_a_head_names_a_member_for_a_month_at_most(cast: Cast) -> None:
    member, outsider = cast.contributor("OPS"), cast.contributor("MKT")
    _ = cast.head("OPS"), cast.deputy("OPS")
    terms: dict[str, Any] = {"starts": today(), "ends": today() + 7 * DAY}
    name = Delegation.objects.appoint
    for person in (cast.deputy("OPS"), cast.head("MKT"), cast.cxo, cast.finance, member):
        with pytest.raises(RuleBroken, match="Only the head"):
            name(cast.department("OPS"), member, reason="Leave", by=person, **terms)
    for person in (outsider, cast.head("OPS"), cast.administrator, cast.nobody):
        with pytest.raises(RuleBroken):
            delegate(cast, person)
    for wrong in ({"ends": today() + 31 * DAY}, {"ends": today()}, {"starts": today() - DAY}):
        with pytest.raises(RuleBroken):
            delegate(cast, member, **wrong)
    with pytest.raises(BadInput, match="Say why"):
        name(cast.department("OPS"), member, reason=" ", by=cast.head("OPS"), **terms)
    assert not Delegation.objects.exists()
    delegate(cast, member, ends=today() + 30 * DAY)
    with pytest.raises(RuleBroken, match="is the delegate in that time"):
        delegate(cast, cast.deputy("OPS"))


def test_the_database_keeps_delegations_short_and_as_they_were(cast: Cast) -> None:
    named = delegate(cast)
    rows = Delegation.objects.filter(pk=named.pk)
    for change in ({"ends": named.ends + DAY}, {"delegate": cast.cxo}, {"cap": Decimal(5)}, {"head": cast.deputy("OPS")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    given = {"department": cast.department("MKT"), "starts": today(), "reason": "x"}
    wrong = [
        {"head": cast.deputy("MKT"), "delegate": cast.contributor("MKT"), "ends": today() + DAY},
        {"head": cast.head("MKT"), "delegate": cast.contributor("OPS"), "ends": today() + DAY},
        {"head": cast.head("MKT"), "delegate": cast.contributor("MKT"), "ends": today() + 31 * DAY},
        {"head": cast.head("MKT"), "delegate": cast.head("MKT"), "ends": today() + DAY},
    ]
    for more in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(**given, **more)
    assert Delegation.objects.count() == 1


def test_the_page_names_and_ends(cast: Cast, client: Any) -> None:
    member, _ = cast.contributor("OPS"), cast.head("OPS")
    client.force_login(cast.head("OPS"))
    form = {"department": cast.department("OPS").pk, "delegate": member.pk, "starts": today().isoformat(), "reason": "Leave"}
    url = reverse("funding:delegate_name")
    assert client.post(url, {**form, "ends": (today() + 40 * DAY).isoformat()}).status_code in (409, 422)
    assert client.post(url, {**form, "ends": (today() + 4 * DAY).isoformat()}).status_code == 302
    assert str(member) in client.get(reverse("funding:authority")).text
    named = Delegation.objects.get()
    client.force_login(member)
    assert client.post(reverse("funding:delegation_end", args=[named.pk])).status_code == 302
    assert not Delegation.objects.not_over()
    assert CostObject.objects.count() == 0
