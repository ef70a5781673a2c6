"""The pages as people see them: no fault that axe can find, at three widths, in light and dark, and no need of scripts."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from initiatives.organization.models import Department, Invitation, Role
from tests.browser import Browse
from tests.cast import Cast
from tests.organization.conftest import Post

Faults = Callable[[Page], list[str]]


def url(name: str, *args: object) -> str:
    return reverse(f"organization:{name}", args=args)


@pytest.fixture
def company(cast: Cast, post: Post) -> Cast:
    """Departments three deep, roles of all kinds, somebody who left, an invitation."""
    ada = cast.administrator
    for part in ("cxo", "ceo", "finance", "auditor", "nobody"):
        getattr(cast, part)
    for code, above in (("OPS", None), ("GATE", "OPS"), ("LOUNGE", "GATE"), ("IT", None)):
        cast.head(code), cast.deputy(code), cast.contributor(code)
        unit = cast.department(code)
        if above:
            unit.edit(name=unit.name, code=code, cost_centre="CC-1", parent=cast.department(above), by=ada)
    gone = cast.person("greta_gone", "contributor", "IT")
    Role.objects.grant(person=gone, kind="deputy", department=cast.department("OPS"), by=ada)
    gone.deactivate(by=ada, reason="Left the company.")
    Department.objects.establish(code="NEW", name="Newly founded, without a head", by=ada)
    Invitation.objects.invite(email="gina@example.org", name="Gina Gate", kind="ceo", by=ada)
    return cast


PAGES = [
    "people", "people?q=zzz", "person", "gone", "grant_role", "end_role", "deactivate", "departments", "departments?show=closed",
    "department", "create_department", "edit_department", "invite", "profile",
]  # fmt: skip


def path_of(page: str, cast: Cast) -> str:
    hanna, name = cast.head("OPS"), page.partition("?")[0]
    args: dict[str, tuple[object, ...]] = {
        "person": (hanna.pk,),
        "gone": (cast.person("greta_gone").pk,),
        "grant_role": (hanna.pk,),
        "end_role": (hanna.pk, hanna.roles.get().pk),
        "deactivate": (hanna.pk,),
        "department": (cast.department("GATE").pk,),
        "edit_department": (cast.department("GATE").pk,),
    }
    return url("person" if name == "gone" else name, *args.get(name, ())) + page[len(name) :]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_fault(browse: Browse, faults: Faults, company: Cast, page: str) -> None:
    assert faults(browse(path_of(page, company), by=company.administrator)) == []


def test_the_way_in_has_no_fault(browse: Browse, faults: Faults, company: Cast) -> None:
    token = Invitation.objects.get().token_for_letter()
    assert faults(browse(url("accept_invitation", token))) == []
    assert faults(browse(url("accept_invitation", "x"), expect=404)) == []


def test_a_form_with_errors_has_no_fault_and_leads_to_the_field(browse: Browse, faults: Faults, company: Cast) -> None:
    page = browse(url("grant_role", company.nobody.pk), by=company.administrator)
    page.get_by_label("Role").select_option("head")
    page.get_by_role("button", name="Grant the role").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the department.")
    assert faults(page) == []


def test_a_role_is_granted_and_the_person_deactivated_without_scripts(browse: Browse, company: Cast) -> None:
    page = browse(url("person", company.nobody.pk), by=company.administrator, scripts=False)
    page.get_by_role("link", name="Grant a role").click()
    page.get_by_label("Role").select_option("contributor")
    page.get_by_label("Department").select_option(label="Newly founded, without a head (NEW)")
    page.get_by_role("button", name="Grant the role").click()
    expect(page.get_by_role("status")).to_contain_text("has the new role")
    page.get_by_role("link", name="Deactivate").click()
    expect(page.get_by_text("Role: Contributor, Newly founded, without a head")).to_be_visible()
    page.get_by_label("Reason").fill("Left the company.")
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("Has left: no session, no role, no access.")).to_be_visible()
