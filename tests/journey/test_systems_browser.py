"""The pages of systems in a real browser: no fault that axe finds, and the matrix filled in by keyboard without JavaScript."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from initiatives.journey.models import DataEntity, MatrixCell, System
from tests.browser import Browse
from tests.cast import Cast
from tests.journey.systems import Landscape

Faults = Callable[..., list[str]]


@pytest.fixture
def company(transactional_db: None) -> Cast:
    cast = Cast()
    landscape = Landscape(cast)
    shop, crm, till = landscape.system("Web shop", "MKT"), landscape.system("CRM", "IT"), landscape.system("Till")
    identity, order = landscape.entity("Identity", context=True), landscape.entity("Order")
    for system in (shop, crm):
        identity.assign(system, ["record"], by=cast.cxo)
    identity.assign(till, ["capture"], by=cast.cxo, region="EU")
    landscape.flow(shop, crm, identity, 60)
    landscape.flow(till, crm, order, 1440, online=False)
    landscape.flow(crm, shop, order, direction="both_ways")
    return cast


def paths() -> list[str]:
    system, entity = System.objects.get(title="CRM").reference, DataEntity.objects.get(title="Identity").reference
    pages = [reverse(f"journey:{name}") for name in ("systems", "system_map", "entities", "single_view", "register_system")]
    pages += [reverse("journey:agree_view"), reverse("journey:system", args=[system]), reverse("journey:entity", args=[entity])]
    return [*pages, reverse("journey:assign", args=[entity, system]), reverse("journey:add_flow", args=[system])]


@pytest.mark.timeout(400)
def test_no_page_has_a_fault(company: Cast, browse: Browse, faults: Faults) -> None:
    page = browse(by=company.cxo)
    found = []
    for path in paths():
        page.goto(path)
        found += [f"{path}: {fault}" for fault in faults(page)]
    assert found == []


def test_the_matrix_is_filled_in_by_keyboard_without_javascript(company: Cast, browse: Browse) -> None:
    page = browse(reverse("journey:entities"), by=company.head("MKT"), scripts=False, width=360)
    page.get_by_role("link", name="Say what Web shop does with Order").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Capture").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Order in Web shop: saved.").wait_for()
    assert (
        MatrixCell.objects.filter(entity__title="Order", system__title="Web shop").values_list("role", flat=True)[0] == "capture"
    )


def test_an_arrow_of_the_picture_is_reached_by_keyboard_and_says_what_it_carries(company: Cast, browse: Browse) -> None:
    page = browse(reverse("journey:system_map"), by=company.ceo)
    arrow = page.get_by_role("link", name="Web shop to CRM: Identity, 1 h, online")
    arrow.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/#flows")
    assert page.locator("h1").inner_text() == "Web shop"
