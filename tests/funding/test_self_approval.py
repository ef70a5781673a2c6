"""Nobody approves the own request: twenty-four paths, five amounts each, by the product and by SQL. None passes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import uuid4

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding.models import Approval, ApprovalLimit, CostObject, Delegation, FundingRequest, Pool
from initiatives.organization.models import Role, User
from initiatives.organization.models.roles import today
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.role import serving

AMOUNTS = ("0.01", "99.99", "100.00", "100.01", "1000.00")  # around the limit of the world below, and all that the pool has


class Attempt(NamedTuple):
    """Somebody who must not give the approval that is due, and on whose behalf they pretend to."""

    request: FundingRequest
    person: User
    head: User | None = None
    act: Callable[[], object] | None = None  # how they try, where it is not by approving


@dataclass
class World:
    """A department with a head, a deputy and the head's delegate; a limit that lets everybody here decide; a second pool."""

    cast: Cast
    treasury: Treasury
    ask: Callable[..., None]
    amount: str = "1.00"

    def asked(self, by: User | None = None, owner: User | None = None, **pools: str) -> FundingRequest:
        thing = self.treasury.cost_object(owner=owner)
        return self.treasury.submitted(thing, by=by, **(pools or {"OPS": self.amount}))

    def also(self, person: User, kind: str, code: str = "") -> User:
        where = self.cast.department(code) if code else None
        Role.objects.create(person=person, kind=kind, department=where, starts=date(2026, 1, 1))
        return User.objects.get(pk=person.pk)

    def approved(self, request: FundingRequest, by: User, code: str = "OPS") -> FundingRequest:
        request.approve(by=by, pool=self.treasury.pool(code))
        return request

    @property
    def head(self) -> User:
        return self.cast.head("OPS")

    @property
    def deputy(self) -> User:
        return self.cast.deputy("OPS")

    @property
    def delegate(self) -> User:
        return self.cast.person("dina_delegate", "contributor", "OPS")


@pytest.fixture
def world(cast: Cast, treasury: Treasury, monkeypatch: pytest.MonkeyPatch) -> World:
    found = World(cast, treasury, FundingRequest.ask_deciders)
    monkeypatch.setattr(FundingRequest, "ask_deciders", lambda *_, **__: None)  # half of the time; who is asked, others test
    _ = (
        cast.contributor("OPS"),
        cast.department("GROUND"),
        found.head,
        found.deputy,
        cast.head("MKT"),
        treasury.pool("OPS"),
        treasury.pool("MKT"),
        treasury.pool(""),
    )
    terms = {"starts": today(), "ends": today() + timedelta(days=7)}
    Delegation.objects.appoint(cast.department("OPS"), found.delegate, by=found.head, reason="On leave", **terms)
    limit = ApprovalLimit.objects.propose(kind="deputy", amount=Decimal(100), reason="Rule", by=cast.administrator)
    limit.confirm(by=cast.cxo)
    return found


# -- the paths: as requester, owner, delegate, both, twice, by a change of approver, around the page ---------------------------


def by_page(world: World, request: FundingRequest, person: User, act: str = "request_approve") -> Callable[[], object]:
    def send() -> None:
        client = Client()
        client.force_login(person)
        form = {"shown": request.shown(), "key": str(uuid4()), "next": "/", "reason": "x", "by": world.head.pk}
        assert client.post(reverse(f"funding:{act}", args=[request.pk]), form).status_code in (403, 404, 409, 422)

    return send


def head_asks(world: World) -> Attempt:
    return Attempt(world.asked(by=world.head), world.head)


def deputy_asks(world: World) -> Attempt:
    return Attempt(world.asked(by=world.deputy), world.deputy)


def delegate_asks(world: World) -> Attempt:
    return Attempt(world.asked(by=world.delegate, owner=world.delegate), world.delegate, world.head)


def cxo_asks_the_central_pool(world: World) -> Attempt:
    return Attempt(world.asked(by=world.cast.cxo, CENTRAL=world.amount), world.cast.cxo)


def finance_asks_as_owner(world: World) -> Attempt:
    return Attempt(world.approved(world.asked(owner=world.cast.finance), world.head), world.cast.finance)


def requester_holds_finance_too(world: World) -> Attempt:
    request = world.asked()
    person = world.also(request.requester, "finance")
    return Attempt(world.approved(request, world.head), person)


def head_owns_what_another_asks_for(world: World) -> Attempt:
    return Attempt(world.asked(by=world.deputy, owner=world.head), world.head)


def delegate_owns_what_another_asks_for(world: World) -> Attempt:
    return Attempt(world.asked(by=world.deputy, owner=world.delegate), world.delegate, world.head)


def head_asks_and_the_delegate_approves(world: World) -> Attempt:
    return Attempt(world.asked(by=world.head), world.delegate, world.head)


def head_owns_and_the_delegate_approves(world: World) -> Attempt:
    return Attempt(world.asked(by=world.deputy, owner=world.head), world.delegate, world.head)


def became_owner_after_it_was_submitted(world: World) -> Attempt:
    request = world.asked(by=world.deputy)
    CostObject.objects.filter(pk=request.cost_object_id).update(owner=world.head)
    return Attempt(FundingRequest.objects.get(pk=request.pk), world.head)


def the_head_became_owner_and_the_delegate_approves(world: World) -> Attempt:
    request = became_owner_after_it_was_submitted(world).request
    return Attempt(request, world.delegate, world.head)


def approver_of_the_pool_as_finance(world: World) -> Attempt:
    head = world.also(world.head, "finance")
    return Attempt(world.approved(world.asked(), head), head)


def delegate_approves_then_as_finance(world: World) -> Attempt:
    delegate = world.also(world.delegate, "finance")
    return Attempt(world.approved(world.asked(), delegate), delegate)


def delegate_approves_then_the_head_as_finance(world: World) -> Attempt:
    return Attempt(world.approved(world.asked(), world.delegate), world.also(world.head, "finance"))


def head_of_two_departments_for_both(world: World) -> Attempt:
    head = world.also(world.head, "deputy", "MKT")
    return Attempt(world.approved(world.asked(OPS=world.amount, MKT=world.amount), head), head)


def head_of_two_departments_through_the_delegate(world: World) -> Attempt:
    head = world.also(world.head, "deputy", "MKT")
    return Attempt(world.approved(world.asked(OPS=world.amount, MKT=world.amount), world.delegate), head)


def head_who_administers(world: World) -> Attempt:
    return Attempt(world.asked(), world.also(world.head, "administrator"))


def requester_becomes_head_of_the_department_above(world: World) -> Attempt:
    request = world.asked()
    world.cast.department("OPS").__class__.objects.filter(code="OPS").update(parent=world.cast.department("GROUND"))
    Role.objects.filter(person__in=[world.head, world.deputy]).update(ends=date(2026, 1, 2))
    return Attempt(request, world.also(request.requester, "head", "GROUND"))


def requester_becomes_cxo_where_nobody_leads(world: World) -> Attempt:
    request = world.asked()
    Role.objects.filter(person__in=[world.head, world.deputy]).update(ends=date(2026, 1, 2))
    return Attempt(request, world.also(request.requester, "cxo"))


def the_ask_is_handed_to_the_requester(world: World) -> Attempt:
    request = world.asked(by=world.deputy)
    world.ask(request, by=world.deputy)
    Obligation.objects.about(request).open_now().get().hand_over(world.deputy, by=world.head)
    return Attempt(request, world.deputy, None, by_page(world, request, world.deputy))


def the_page_of_the_requester(world: World) -> Attempt:
    request = world.asked(by=world.head)
    return Attempt(request, world.head, None, by_page(world, request, world.head))


def the_form_of_another_sent_by_the_requester(world: World) -> Attempt:
    request, key = world.asked(by=world.deputy), uuid4()
    shown = request.shown()

    def replay() -> None:
        with transaction.atomic():
            request.approve(by=world.head, shown=shown, key=key)
            transaction.set_rollback(True)
        FundingRequest.objects.get(pk=request.pk).approve(by=world.deputy, shown=shown, key=key)

    return Attempt(request, world.deputy, None, replay)


def delegate_of_a_delegation_that_ended(world: World) -> Attempt:
    Delegation.objects.update(ends=today())
    return Attempt(world.asked(by=world.deputy), world.delegate, world.head)


PATHS = [
    head_asks, deputy_asks, delegate_asks, cxo_asks_the_central_pool, finance_asks_as_owner, requester_holds_finance_too,
    head_owns_what_another_asks_for, delegate_owns_what_another_asks_for, head_asks_and_the_delegate_approves,
    head_owns_and_the_delegate_approves, became_owner_after_it_was_submitted, the_head_became_owner_and_the_delegate_approves,
    approver_of_the_pool_as_finance, delegate_approves_then_as_finance, delegate_approves_then_the_head_as_finance,
    head_of_two_departments_for_both, head_of_two_departments_through_the_delegate, head_who_administers,
    requester_becomes_head_of_the_department_above, requester_becomes_cxo_where_nobody_leads, the_ask_is_handed_to_the_requester,
    the_page_of_the_requester, the_form_of_another_sent_by_the_requester, delegate_of_a_delegation_that_ended,
]  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def evidence(request: FundingRequest) -> tuple[str, list[tuple[int, int | None]]]:
    state = FundingRequest.objects.values_list("state", flat=True).get(pk=request.pk)
    return state, list(request.approvals.order_by("pk").values_list("by_id", "on_behalf_of_id"))


def step_of(attempt: Attempt) -> tuple[str, Pool | None]:
    """The approval that is missing."""
    given = set(attempt.request.approvals.values_list("pool_id", flat=True))
    missing = attempt.request.lines.exclude(pool__in=given).select_related("pool").first()
    return ("budget", missing.pool) if missing else ("finance", None)


def test_twenty_four_paths_of_five_amounts_and_none_passes(world: World) -> None:
    passed = []
    for path in PATHS:
        for amount in AMOUNTS:
            with undone():
                world.amount = amount
                attempt = path(world)
                before = evidence(attempt.request)
                try:
                    with transaction.atomic():
                        act = attempt.act or (lambda attempt=attempt: attempt.request.approve(by=attempt.person))
                        act()
                except RuleBroken:
                    pass
                if evidence(attempt.request) != before:
                    passed.append((path.__name__, amount))
    assert (len(PATHS) * len(AMOUNTS), passed) == (120, [])


def test_nor_by_sql_under_the_role_that_serves(world: World) -> None:
    """It owns no table, so that it switches no trigger off, and naming triggers in a setting of the session passes none."""
    passed, refusals = [], set()
    every = ",".join(trigger.get_pgid(model) for model, trigger in pgtrigger.registered())
    with connection.cursor() as cursor:
        for path in PATHS:
            with undone():
                attempt = path(world)
                (step, pool), before = step_of(attempt), evidence(attempt.request)
                try:
                    with transaction.atomic(), serving():
                        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", [f"{{{every}}}"])
                        Approval.objects.create(
                            request=attempt.request, step=step, pool=pool, by=attempt.person, on_behalf_of=attempt.head, shown="x"
                        )
                except IntegrityError as error:
                    refusals.add(error.__cause__.diag.constraint_name)
                if evidence(attempt.request) != before:
                    passed.append(path.__name__)
    assert passed == []
    assert refusals == {
        "requester_does_not_approve", "owner_does_not_approve", "not_on_behalf_of_who_asks", "nobody_approves_twice",
        "within_authority",
    }  # fmt: skip


@pytest.mark.parametrize("amount", AMOUNTS)
def test_the_same_world_lets_others_approve(world: World, amount: str) -> None:
    """The negative control: what is refused above is refused for the person, not for the world."""
    world.amount = amount
    request = world.asked()
    request.approve(by=world.delegate)
    request.approve(by=world.cast.finance)
    assert evidence(request) == ("allocated", [(world.delegate.pk, world.head.pk), (world.cast.finance.pk, None)])
