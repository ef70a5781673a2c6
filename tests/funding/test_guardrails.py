"""Guardrails: between which shares a year's money shall lie; confirmed by another, and told when a request breaks one."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.funding import above, reports
from initiatives.funding.above import Aims, Name
from initiatives.funding.models import CostObject, ExchangeRate, FundingRequest, Guardrail
from initiatives.journey.models import Stage
from initiatives.organization.models import User
from tests.cast import Cast
from tests.funding.conftest import Treasury
from tests.pools import opened
from tests.refusals import refused


@pytest.fixture
def aims(monkeypatch: pytest.MonkeyPatch) -> dict[int, Aims]:
    found: dict[int, Aims] = {}
    monkeypatch.setattr(above, "_aiming", [lambda ids: {pk: found[pk] for pk in ids if pk in found}])
    return found


@pytest.fixture
def stages() -> dict[str, int]:
    kinds = ("pre_sale", "post_sale", "employee")
    return {kind: Stage.objects.create(title=kind, kind=kind, position=n).pk for n, kind in enumerate(kinds, 1)}


def holds(cast: Cast, treasury: Treasury, share: str, low: int, high: int) -> Guardrail:
    band = Guardrail.objects.propose(year=treasury.year, share=share, low=low, high=high, reason="Balance", by=cast.finance)
    band.confirm(by=cast.cxo)
    return band


def given(treasury: Treasury, aims: dict[int, Aims], amount: str, horizon: int | None, *stages: int) -> CostObject:
    thing = treasury.cost_object()
    aims[thing.pk] = Aims(frozenset(stages), horizon)
    treasury.funded(thing, OPS=amount)
    return thing


def told(user: User, request: FundingRequest) -> list[str]:
    return reports.warnings(user, request, list(request.asked_lines().select_related("pool")))


def test_shares_are_counted_by_what_the_money_is_for(
    cast: Cast, treasury: Treasury, aims: dict[int, Aims], stages: dict[str, int]
) -> None:
    given(treasury, aims, "300.00", 1, stages["pre_sale"])
    given(treasury, aims, "400.00", 2, stages["pre_sale"], stages["post_sale"])
    given(treasury, aims, "100.00", None)
    holds(cast, treasury, "pre_sale", 0, 62)
    holds(cast, treasury, "post_sale", 25, 60)
    holds(cast, treasury, "horizon_3", 5, 20)
    page = reports.guardrail_page(cast.cxo, treasury.year)
    rows = {str(row.share): (row.amount, row.percent, row.outside) for row in (*page.stages, *page.horizons)}
    assert rows == {
        "pre_sale": (500, Decimal("62.5"), "above"),
        "post_sale": (200, Decimal("25.0"), ""),
        "employee": (0, 0, ""),
        "horizon_1": (300, Decimal("37.5"), ""),
        "horizon_2": (400, Decimal("50.0"), ""),
        "horizon_3": (0, 0, "below"),
    }
    assert (page.money.total, page.money.no_stage, page.money.no_horizon) == (800, 100, 100)
    assert (len(page.outside), page.kept) == (2, 3)


def test_a_guardrail_holds_when_another_confirms_it(cast: Cast, treasury: Treasury) -> None:
    asked = {"year": treasury.year, "share": "employee", "low": 5, "high": 20, "reason": "Balance"}
    for who in (cast.head("OPS"), cast.administrator, cast.auditor):
        with pytest.raises(RuleBroken, match="Only finance and the CXO"):
            Guardrail.objects.propose(by=who, **asked)
    band = Guardrail.objects.propose(by=cast.cxo, **asked)
    with pytest.raises(RuleBroken, match="waits for the CXO already"):
        Guardrail.objects.propose(by=cast.finance, **asked)
    for who, why in ((cast.cxo, "Who proposed"), (cast.finance, "Only the CXO")):
        with pytest.raises(RuleBroken, match=why):
            band.confirm(by=who)
    with pytest.raises(RuleBroken, match="reason"):
        band.decline(by=cast.person("second_cxo", "cxo"), reason=" ")
    assert not Guardrail.objects.in_force().exists()
    second = cast.person("second_cxo", "cxo")
    band.confirm(by=second)
    later = Guardrail.objects.propose(by=cast.finance, **{**asked, "high": 30})
    assert set(Obligation.objects.open_now().about(later).values_list("person", flat=True)) & {cast.cxo.pk, second.pk}
    later.confirm(by=cast.cxo)
    band.refresh_from_db()
    assert (band.state, list(Guardrail.objects.in_force())) == ("replaced", [later])
    assert not Obligation.objects.open_now().about(later).exists()


def test_a_share_opens_to_what_it_is_made_of(
    cast: Cast, treasury: Treasury, aims: dict[int, Aims], stages: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    both = given(treasury, aims, "400.00", 2, stages["pre_sale"], stages["post_sale"])
    given(treasury, aims, "300.00", 1, stages["pre_sale"])
    monkeypatch.setattr(above, "_naming", [lambda user, ids: {both.pk: Name("CX-001 Kiosks", "/x/")} if both.pk in ids else {}])
    page = reports.guardrail_page(cast.finance, treasury.year, "pre_sale")
    assert [(name.label, amount) for name, amount in page.parts] == [("Restricted item", 300), ("CX-001 Kiosks", 200)]
    assert sum(amount for _, amount in page.parts) == page.stages[0].amount
    client = Client()
    client.force_login(cast.finance)
    path = reverse("funding:guardrails", args=[treasury.year.pk])
    assert 'href="?of=pre_sale#made"' in client.get(path).content.decode()
    assert "CX-001 Kiosks" in client.get(path, {"of": "pre_sale"}).content.decode()
    assert client.get(path, {"of": "no_stage"}).status_code == 200
    assert client.get(path, {"of": "magic"}).status_code == 400


def test_the_database_keeps_guardrails(cast: Cast, treasury: Treasury) -> None:
    band = Guardrail.objects.propose(year=treasury.year, share="employee", low=5, high=20, reason="Balance", by=cast.finance)
    confirm = "UPDATE funding_guardrail SET state = 'confirmed', decided_by_id = %s"
    assert refused(confirm, cast.finance.pk) == "a_band_is_confirmed_by_a_cxo"
    assert refused(confirm, cast.head("OPS").pk) == "a_band_is_confirmed_by_a_cxo"
    assert refused("UPDATE funding_guardrail SET high = 30") == "a_band_stays"
    band.confirm(by=cast.cxo)
    assert refused("UPDATE funding_guardrail SET state = 'proposed', decided_by_id = NULL") == "a_band_stays"


def test_who_decides_reads_what_a_request_would_do(
    cast: Cast, treasury: Treasury, aims: dict[int, Aims], stages: dict[str, int]
) -> None:
    given(treasury, aims, "300.00", 1, stages["pre_sale"])
    given(treasury, aims, "100.00", 1, stages["post_sale"])
    thing = treasury.cost_object()
    aims[thing.pk] = Aims(frozenset({stages["pre_sale"]}), 3)
    request = treasury.submitted(thing, OPS="100.00")
    assert told(cast.finance, request) == []  # no band holds
    holds(cast, treasury, "pre_sale", 20, 78)
    assert told(cast.finance, request) == [
        "Pre-sale stages would be above their guardrail of 20 to 78 %: 75.0 % now, 80.0 % with this."
    ]
    for who in (cast.head("OPS"), request.requester):  # neither the band nor the side of it tells what the company's share is
        assert told(who, request) == ["Pre-sale stages would be outside their guardrail."]
    for who in (cast.cxo, cast.ceo, cast.auditor, cast.second_finance):
        assert told(who, request) == told(cast.finance, request)
    finance, head = Client(), Client()
    finance.force_login(cast.finance)
    head.force_login(cast.head("OPS"))
    assert "80.0 % with this" in finance.get(request.get_absolute_url()).content.decode()
    page = head.get(request.get_absolute_url()).content.decode()
    assert "outside their guardrail" in page
    assert not any(figure in page for figure in ("80.0 %", "75.0 %", "78 %", "above their"))
    request.approve(by=cast.head("OPS"))  # a warning, no prohibition
    assert "not kept" not in finance.get(reverse("funding:pools")).content.decode()
    request.approve(by=cast.finance)
    assert "Guardrails that are not kept: 1 of 1." in finance.get(reverse("funding:pools")).content.decode()
    assert "not kept" not in head.get(reverse("funding:pools")).content.decode()


def test_what_has_no_rate_is_said_and_not_counted(
    cast: Cast, treasury: Treasury, aims: dict[int, Aims], stages: dict[str, int]
) -> None:
    thing = given(treasury, aims, "300.00", 1, stages["pre_sale"])
    treasury.pools["USA"] = opened(
        cast, treasury.year, cast.department("USA"), Decimal(1000), by=cast.second_finance, currency="USD"
    )
    treasury.funded(thing, USA="70.00")
    request = treasury.submitted(thing, USA="30.00")
    holds(cast, treasury, "pre_sale", 20, 100)
    mine = "USD 30.00 of this request has no exchange rate: guardrails do not count it."
    assert told(cast.finance, request) == [mine, "USD 70.00 is allocated without an exchange rate: guardrails do not count it."]
    assert told(cast.head("USA"), request) == [mine]
    client = Client()
    client.force_login(cast.finance)
    url = reverse("funding:guardrails", args=[treasury.year.pk])
    assert "Not counted: USD 70.00 is allocated, for which there is no exchange rate." in client.get(url).content.decode()
    ExchangeRate.objects.enter("USD", date(2026, 1, 5), Decimal("0.5"), by=cast.finance)
    assert told(cast.finance, request) == []
    page = client.get(url)
    assert page.context["report"].money.total == Decimal(335)
    assert "Not counted" not in page.content.decode()
    assert "USD × 0.5 EUR" in page.content.decode()


def test_the_pages_of_guardrails(cast: Cast, treasury: Treasury, django_assert_max_num_queries) -> None:
    finance, cxo = Client(), Client()
    finance.force_login(cast.finance)
    cxo.force_login(cast.cxo)
    new = reverse("funding:guardrail_propose", args=[treasury.year.pk])
    form = {"share": "pre_sale", "low": "40", "high": "30", "reason": "Balance"}
    assert finance.get(new).status_code == 200
    assert finance.post(new, form).status_code == 422
    assert finance.post(new, {**form, "high": "60"}).status_code == 302
    band = Guardrail.objects.get()
    assert cxo.post(reverse("funding:guardrail_decline", args=[band.pk]), {"reason": ""}).status_code == 422
    assert cxo.post(reverse("funding:guardrail_confirm", args=[band.pk])).status_code == 302
    with django_assert_max_num_queries(11):
        assert "40 – 60 %" in finance.get(band.get_absolute_url()).content.decode()
