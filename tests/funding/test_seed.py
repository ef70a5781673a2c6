"""Seeds: little money for an experiment, given by the pool alone within what it gives one initiative, and never in slices."""

from contextlib import nullcontext, suppress
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pgtrigger
import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding import above, books
from initiatives.funding.above import Trial
from initiatives.funding.models import CostObject, FundingRequest, State
from initiatives.funding.tasks import expire
from initiatives.organization.calendars import working_days_after
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept, opened
from tests.refusals import refused


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> list[Trial]:
    """The experiments that run: one for whatever is asked about."""
    tests = [Trial("A host at the lane halves the wait.", "/initiatives/CX-001/experiments/", clock.company_day())]
    monkeypatch.setattr(above, "_testing", [lambda thing: tests[0] if tests else None])
    return tests


def sowing(cast: Cast, treasury: Treasury, limit: str = "50.00", code: str = "OPS") -> None:
    cast.head(code)
    kept(cast, treasury.pool(code), seed_limit=Decimal(limit))


def seed(treasury: Treasury, thing: CostObject, amount: str = "50.00", code: str = "OPS") -> FundingRequest:
    lines = [(treasury.pool(code), Decimal(amount))]
    return FundingRequest.objects.draft(thing, lines=lines, purpose="A host for ten days", by=thing.owner, seed=True)


def asked(treasury: Treasury, thing: CostObject, amount: str = "50.00", code: str = "OPS") -> FundingRequest:
    request = seed(treasury, thing, amount, code)
    request.submit(by=request.requester)
    return request


def test_a_seed_is_in_the_currency_in_which_seeds_are_added_up(cast: Cast, treasury: Treasury) -> None:
    abroad = opened(cast, treasury.year, cast.department("USA"), Decimal(100), by=cast.second_finance, currency="USD")
    treasury.pools["USA"] = abroad
    sowing(cast, treasury, code="USA")
    with pytest.raises(RuleBroken, match="added up, in EUR"):
        seed(treasury, treasury.cost_object(), code="USA")
    assert not FundingRequest.objects.exists()


def test_the_pools_head_alone_gives_a_seed(cast: Cast, treasury: Treasury) -> None:
    sowing(cast, treasury)
    request = asked(treasury, treasury.cost_object())
    ask = Obligation.objects.about(request).open_now().get()
    assert (ask.person, ask.due_on) == (cast.head("OPS"), working_days_after(cast.head("OPS").today(), 5))
    for who in (request.requester, cast.finance, cast.head("HR")):
        with pytest.raises(RuleBroken):
            request.approve(by=who)
    request.approve(by=cast.head("OPS"))
    assert (request.state, treasury.pool("OPS").allocated, request.given().count()) == (State.ALLOCATED, Decimal(50), 1)
    assert books.verify().right


def test_an_ordinary_request_of_the_same_amount_waits_for_finance(cast: Cast, treasury: Treasury) -> None:
    sowing(cast, treasury)
    request = treasury.submitted(treasury.cost_object(), OPS="50.00")
    request.approve(by=cast.head("OPS"))
    assert request.state == State.SUBMITTED
    assert refused("UPDATE funding_fundingrequest SET state = 'allocated' WHERE id = %s", request.pk) == (
        "allocated_after_all_approvals"
    )


def test_sliced_seeds_add_up(cast: Cast, treasury: Treasury) -> None:
    sowing(cast, treasury)
    sowing(cast, treasury, "60.00", "HR")
    thing = treasury.cost_object()
    first, second = asked(treasury, thing, "30.00"), treasury.draft(thing, OPS="20.01")
    with pytest.raises(RuleBroken, match="at most 50"):
        seed(treasury, thing, "20.01")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE funding_fundingrequest SET seed = true WHERE id = %s", [second.pk])
    assert refused("UPDATE funding_fundingrequest SET state = 'submitted' WHERE id = %s", second.pk) == "seed_within_limit"
    with pytest.raises(RuleBroken, match="at most 60"):
        seed(treasury, thing, "30.01", "HR")
    first.approve(by=cast.head("OPS"))
    asked(treasury, thing, "20.00").approve(by=cast.head("OPS"))  # the control: together they are the limit
    asked(treasury, treasury.cost_object(owner=cast.contributor("HR")))  # another initiative has its own


def test_a_seed_is_of_one_pool_that_gives_seeds_for_an_experiment_that_runs(
    cast: Cast, treasury: Treasury, running: list[Trial]
) -> None:
    thing = treasury.cost_object()
    with pytest.raises(RuleBroken, match="gives no seeds"):
        seed(treasury, thing)
    sowing(cast, treasury)
    both = [(treasury.pool("OPS"), Decimal(1)), (treasury.pool("HR"), Decimal(1))]
    with pytest.raises(RuleBroken, match="one pool"):
        FundingRequest.objects.draft(thing, lines=both, purpose="Hosts", by=thing.owner, seed=True)
    request = asked(treasury, thing)
    running.clear()
    with pytest.raises(RuleBroken, match="none runs now"):
        request.approve(by=cast.head("OPS"))
    with pytest.raises(RuleBroken, match="none runs now"):
        seed(treasury, thing, "1.00")
    assert treasury.pool("OPS").allocated == 0


def test_finance_stays_where_the_limit_was_lowered_meanwhile(cast: Cast, treasury: Treasury) -> None:
    sowing(cast, treasury)
    request = asked(treasury, treasury.cost_object())
    sowing(cast, treasury, "49.99")
    request.approve(by=cast.head("OPS"))
    assert request.state == State.SUBMITTED
    to_allocate = "UPDATE funding_fundingrequest SET state = 'allocated' WHERE id = %s"
    assert refused(to_allocate, request.pk) == "allocated_after_all_approvals"
    request.approve(by=cast.finance)
    assert request.state == State.ALLOCATED


def test_what_was_submitted_does_not_become_a_seed(cast: Cast, treasury: Treasury) -> None:
    sowing(cast, treasury)
    request = treasury.submitted(treasury.cost_object(), OPS="10.00")
    with pytest.raises(IntegrityError, match="submitted"), transaction.atomic():
        FundingRequest.objects.filter(pk=request.pk).update(seed=True)


def test_the_owner_who_heads_the_pool_does_not_give_the_own_seed(cast: Cast, treasury: Treasury) -> None:
    sowing(cast, treasury)
    request = asked(treasury, treasury.cost_object(owner=cast.head("OPS")))
    with pytest.raises(RuleBroken, match="asks for money"):
        request.approve(by=cast.head("OPS"))
    request.approve(by=cast.cxo)
    assert request.state == State.ALLOCATED


def test_after_five_working_days_the_next_above_decides_as_well(cast: Cast, treasury: Treasury) -> None:
    sowing(cast, treasury)
    request = asked(treasury, treasury.cost_object())
    due = Obligation.objects.about(request).open_now().get().due_on
    last = clock.now() + timedelta(days=(due - clock.company_day()).days)
    with clock.at(last):
        expire()
        with pytest.raises(RuleBroken, match="not yours"):
            request.approve(by=cast.cxo)
    with clock.at(last + timedelta(days=1)):
        expire()
        ask = Obligation.objects.about(request).open_now().get()
        assert (ask.person, list(ask.stand_ins.all())) == (cast.head("OPS"), [cast.cxo])
        assert ask in Obligation.objects.waiting_for(cast.cxo)
        request.approve(by=cast.cxo)
    assert request.state == State.ALLOCATED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("looked_after", "asked_for"), [(True, 30), (False, 90)], ids=["by the law", "without it"])
def test_seeds_at_once_do_not_pass_together(cast: Cast, treasury: Treasury, looked_after: bool, asked_for: int) -> None:
    sowing(cast, treasury)
    thing = treasury.cost_object()
    drafts = [seed(treasury, thing, "30.00") for _ in range(3)]
    together = Barrier(len(drafts))

    def submit(pk: int) -> None:
        together.wait()
        law = nullcontext() if looked_after else pgtrigger.ignore("funding.FundingRequest:seed_within_limit")
        with suppress(IntegrityError), law, connection.cursor() as cursor:  # past the product's own lock
            cursor.execute("UPDATE funding_fundingrequest SET state = 'submitted' WHERE id = %s", [pk])
        connections.close_all()

    threads = [Thread(target=submit, args=[draft.pk]) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert treasury.pool("OPS").asked == Decimal(asked_for)


def test_a_seed_over_http(cast: Cast, treasury: Treasury) -> None:
    thing, client, finance = treasury.cost_object(), Client(), Client()
    page, pool = reverse("funding:request_draft", args=[thing.pk]), treasury.pool("OPS")
    client.force_login(thing.owner)
    assert "seed" not in client.get(page).context["form"].fields
    finance.force_login(cast.finance)
    _ = cast.head("OPS")
    form = {"control": "warn", "tolerance": "0", "alert_levels": "80", "post_control": "off", "post_limit": "100"}
    form |= {"post_tolerance": "0", "seed_limit": "-1", "version": "1", "reason": "Ideas"}
    control = reverse("funding:pool_control", args=[pool.pk])
    assert finance.post(control, form).status_code == 422
    assert finance.post(control, {**form, "seed_limit": "50.00"}).status_code == 302
    pool.controlchanges.get().confirm(by=cast.second_finance)
    assert "at most 50.00 EUR as seed" in finance.get(pool.get_absolute_url()).content.decode()
    assert client.get(f"{page}?seed=1").context["form"]["seed"].value() is True
    key = "5f0b1c1e-0000-4000-8000-000000000001"
    much = {"key": key, "purpose": "A host", f"pool-{pool.pk}": "50.01", "seed": "on"}
    refused_page = client.post(page, much)
    assert (refused_page.status_code, "at most 50.00" in refused_page.content.decode()) == (422, True)
    assert client.post(page, {**much, f"pool-{pool.pk}": "50.00"}).status_code == 302
    request = FundingRequest.objects.get()
    request.submit(by=request.requester)
    shown = client.get(request.get_absolute_url()).content.decode()
    assert ">Seed<" in shown.replace("\n", "")
    assert "halves the wait" in shown
    assert str(cast.head("OPS")) in shown
    assert "to decide by" in shown
