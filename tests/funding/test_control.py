"""How strictly a pool is kept: stop, warn or off with a tolerance, for which departments, and who lets a request pass."""

from contextlib import suppress
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import BadInput, RuleBroken
from initiatives.funding.models import Exemption, FundingRequest, Pool
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import kept
from tests.refusals import refused


def keep(cast: Cast, pool: Pool, control: str, tolerance: int = 0, *departments: str) -> None:
    named = {cast.department(code) for code in departments}
    kept(cast, pool, control=control, tolerance=tolerance, for_departments=named)


@pytest.mark.parametrize(
    ("control", "tolerance", "asked", "passes"),
    [
        ("stop", 0, "1000.00", True),
        ("stop", 0, "1000.01", False),
        ("stop", 10, "1100.00", True),
        ("stop", 10, "1100.01", False),
        ("warn", 0, "1000.01", True),
        ("off", 0, "9999.00", True),
    ],
)
def test_more_than_a_pool_has_to_give_is_stopped_or_not(
    cast: Cast, treasury: Treasury, control: str, tolerance: int, asked: str, passes: bool
) -> None:
    pool = treasury.pool("OPS")
    keep(cast, pool, control, tolerance)
    request = treasury.draft(treasury.cost_object(), OPS=asked)
    if passes:
        request.submit(by=request.requester)
    else:
        with pytest.raises(RuleBroken, match="more than it has to give"):
            request.submit(by=request.requester)
        assert (
            refused("UPDATE funding_fundingrequest SET state = 'submitted' WHERE id = %s", request.pk) == "asked_within_control"
        )
    assert str(treasury.pool("OPS").asked) == (asked if passes else "0.00")


def test_what_others_ask_for_counts(cast: Cast, treasury: Treasury) -> None:
    keep(cast, treasury.pool("OPS"), "stop")
    treasury.submitted(treasury.cost_object(), OPS="600.00")
    second = treasury.draft(treasury.cost_object(owner=cast.contributor("HR")), OPS="400.01")
    with pytest.raises(RuleBroken, match="more than it has to give"):
        second.submit(by=second.requester)
    treasury.submitted(treasury.cost_object(owner=cast.contributor("HR")), OPS="400.00")


def test_finance_lets_a_request_pass_with_a_reason(cast: Cast, treasury: Treasury) -> None:
    keep(cast, treasury.pool("OPS"), "stop")
    request = treasury.draft(treasury.cost_object(), OPS="1500.00")
    for who in (request.requester, cast.cxo, cast.administrator, cast.auditor):
        with pytest.raises(RuleBroken, match="Only finance"):
            Exemption.objects.exempt(request, by=who, reason="Please")
    with pytest.raises(BadInput, match="Say why"):
        Exemption.objects.exempt(request, by=cast.finance, reason=" ")
    assert not Exemption.objects.exists()
    Exemption.objects.exempt(request, by=cast.finance, reason="A supplement is promised")
    assert Event.objects.about(request).newest_first()[0].reason == "A supplement is promised"
    request.submit(by=request.requester)
    with pytest.raises(RuleBroken, match="free"):  # there is no more than there is
        request.approve(by=cast.head("OPS"))


def test_finance_does_not_let_its_own_request_pass(cast: Cast, treasury: Treasury) -> None:
    keep(cast, treasury.pool("OPS"), "stop")
    request = treasury.draft(treasury.cost_object(owner=cast.finance), OPS="1500.00")
    with pytest.raises(RuleBroken, match="owns what it is for"):
        Exemption.objects.exempt(request, by=cast.finance, reason="I need it")
    insert = "INSERT INTO funding_exemption (request_id, pool_id, by_id, reason, at) VALUES (%s, %s, %s, 'So', now())"
    pool = treasury.pool("OPS").pk
    assert refused(insert, request.pk, pool, cast.finance.pk) == "exempted_by_another_person"
    with connection.cursor() as cursor:
        cursor.execute(insert, [request.pk, pool, cast.second_finance.pk])  # the control: by another person it is taken


def test_a_pool_gives_only_for_its_departments(cast: Cast, treasury: Treasury) -> None:
    pool, request = treasury.pool("HR"), treasury.draft(treasury.cost_object(), HR="10.00")
    keep(cast, pool, "off", 0, "HR", "MKT")
    with pytest.raises(RuleBroken, match="not give money for this department"):
        request.submit(by=request.requester)
    to_submit = "UPDATE funding_fundingrequest SET state = 'submitted' WHERE id = %s"
    assert refused(to_submit, request.pk) == "pool_is_for_other_departments"
    with pytest.raises(RuleBroken, match="not give money for this department"):
        treasury.draft(treasury.cost_object(), HR="1.00")
    with pytest.raises(RuleBroken, match="not lifted"):
        Exemption.objects.exempt(request, by=cast.finance, reason="Now")
    keep(cast, pool, "off", 0, "HR", "OPS")
    request.submit(by=request.requester)
    request.approve(by=cast.head("HR"))
    keep(cast, pool, "off", 0, "HR")
    with pytest.raises(RuleBroken, match="not give money for this department"):
        request.approve(by=cast.finance)
    assert treasury.pool("HR").allocated == 0


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_do_not_pass_together(cast: Cast, treasury: Treasury) -> None:
    keep(cast, treasury.pool("OPS"), "stop")
    codes = ("OPS", "HR", "MKT", "IT", "FIN", "LEG")
    drafts = [treasury.draft(treasury.cost_object(owner=cast.contributor(code)), OPS="300.00") for code in codes]
    together = Barrier(len(drafts))

    def submit(request: FundingRequest) -> None:
        together.wait()
        with suppress(RuleBroken, IntegrityError):  # what counts is what the pool is asked for afterwards
            request.submit(by=request.requester)
        connections.close_all()

    threads = [Thread(target=submit, args=[draft]) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert treasury.pool("OPS").asked == Decimal(900)


def test_the_pages_of_control(cast: Cast, treasury: Treasury) -> None:
    pool, finance, owner = treasury.pool("OPS"), Client(), Client()
    request = treasury.draft(treasury.cost_object(), OPS="1500.00")
    finance.force_login(cast.finance)
    owner.force_login(request.requester)
    page = reverse("funding:request", args=[request.pk])
    assert "more than it has to give" in finance.get(page).content.decode()
    assert "more than it has to give" not in owner.get(page).content.decode()  # a warning would tell what the pool has
    control = reverse("funding:pool_control", args=[pool.pk])
    assert finance.get(control).status_code == 200
    kept(cast, pool, control="stop", tolerance=5)
    mine = owner.get(page).content.decode()
    assert "tolerance of 5" in mine
    assert "Let it pass" not in mine
    assert "Let it pass" in finance.get(page).content.decode()
    assert finance.post(reverse("funding:request_exempt", args=[request.pk]), {"reason": "Promised"}).status_code == 302
    assert "Finance let it pass" in owner.get(page).content.decode()


def test_a_pool_that_is_nearly_given_away_says_so(cast: Cast, treasury: Treasury) -> None:
    treasury.funded(treasury.cost_object(), OPS="790.00")
    assert treasury.pool("OPS").alert == ""
    treasury.funded(treasury.cost_object(), OPS="10.00")
    assert treasury.pool("OPS").alert == "80 % of Ops department 2026 are given away; 80 % is its alert level."
    keep(cast, treasury.pool("OPS"), "off")
    assert treasury.pool("OPS").alert == ""
