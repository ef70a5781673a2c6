"""The pages about people and departments: who may open them, what they do, how many queries they ask."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.organization.models import Department, Invitation, Role, User
from initiatives.organization.models.roles import today
from tests.cast import PASSWORD, Cast
from tests.organization.conftest import Post


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.administrator)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"organization:{name}", args=args)


# -- Who may -------------------------------------------------------------------------------------------------------------

PARTS = ["nobody", "cxo", "ceo", "finance", "auditor", "head", "contributor"]


def played(cast: Cast, part: str) -> User:
    if part in ("head", "contributor"):
        found: User = getattr(cast, part)("OPS")
        return found
    return getattr(cast, part)  # type: ignore[no-any-return]  # somebody


@pytest.mark.parametrize("part", PARTS)
def test_people_are_managed_by_administrators_only(client: Client, cast: Cast, post: Post, part: str) -> None:
    client.force_login(played(cast, part))
    hanna, ops = cast.head("OPS"), cast.department("OPS")
    role = hanna.roles.get()
    invitation = Invitation.objects.invite(email="g@example.org", name="G", kind="cxo", by=cast.administrator)
    before = Event.objects.count()
    for name, args in [
        ("people", ()), ("person", (hanna.pk,)), ("grant_role", (hanna.pk,)), ("end_role", (hanna.pk, role.pk)),
        ("deactivate", (hanna.pk,)), ("create_department", ()), ("edit_department", (ops.pk,)), ("invite", ()),
    ]:  # fmt: skip
        assert client.get(url(name, *args)).status_code == 403, name
        if name not in ("people", "person"):
            assert client.post(url(name, *args), {"reason": "x"}).status_code == 403, name
    for name, args in [("reactivate", (hanna.pk,)), ("close_department", (ops.pk,))]:
        assert client.post(url(name, *args), {"reason": "x"}).status_code == 403
    assert client.post(url("withdraw_invitation", invitation.pk)).status_code == 404
    assert Event.objects.count() == before


def test_nobody_comes_in_without_signing_in(client: Client, cast: Cast) -> None:
    cast.head("OPS")
    for name, args in [("people", ()), ("departments", ()), ("department", (cast.department("OPS").pk,)), ("profile", ())]:
        assert client.get(url(name, *args)).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("part", [*PARTS, "administrator"])
def test_everybody_sees_the_organisation(client: Client, cast: Cast, part: str) -> None:
    hanna = cast.head("OPS")
    client.force_login(played(cast, part))
    chart = client.get(url("departments")).content.decode()
    assert "Ops department" in chart
    assert str(hanna) in chart
    assert (url("create_department") in chart) == (part == "administrator")
    unit = client.get(url("department", cast.department("OPS").pk)).content.decode()
    assert str(hanna) in unit
    assert (url("edit_department", cast.department("OPS").pk) in unit) == (part == "administrator")


@pytest.mark.parametrize("pk", ["0", "-1", str(10**22), "1e3", "abc", "١", "1%00", "../"])
def test_an_id_that_is_none_is_not_found(admin: Client, pk: str) -> None:
    for path in (f"/people/{pk}/", f"/people/departments/{pk}/", f"/people/{pk}/roles/{pk}/end/"):
        assert admin.get(path).status_code in (400, 404), path


def test_a_role_is_ended_on_its_own_person_s_page_only(admin: Client, cast: Cast) -> None:
    role = cast.head("OPS").roles.get()
    assert admin.get(url("end_role", cast.nobody.pk, role.pk)).status_code == 404


# -- Lists ---------------------------------------------------------------------------------------------------------------


def test_people_are_found_by_name_state_and_role(admin: Client, cast: Cast) -> None:
    hanna, fiona = cast.head("OPS"), cast.finance
    cast.nobody.deactivate(by=None, reason="Left.")

    def found(**asked: str) -> set[str]:
        return {person.name for person in admin.get(url("people"), asked).context["people"]}

    assert found() == {"Ada Administrator", hanna.name, fiona.name}
    assert found(q="fiona") == {fiona.name}
    assert found(q="EXAMPLE.org head") == {hanna.name}
    assert found(state="left") == {"Nils Nobody"}
    assert found(state="all", role="none") == {"Nils Nobody"}
    assert found(role="head") == {hanna.name}


@pytest.mark.parametrize("asked", [{"state": "password"}, {"role": "x"}, {"q": "x" * 201}, {"q": "\x00"}])
def test_a_filter_that_is_not_offered_is_refused(admin: Client, asked: dict[str, str]) -> None:
    assert admin.get(url("people"), asked).status_code == 400


@pytest.mark.parametrize("number", ["-1", "9" * 30, "NaN", "0", ""])
def test_a_page_that_is_none_becomes_one_that_is(admin: Client, number: str) -> None:
    assert admin.get(url("people"), {"page": number}).status_code == 200


def test_the_lists_ask_the_same_few_queries_whatever_their_length(
    admin: Client, cast: Cast, django_assert_max_num_queries
) -> None:
    for code in ("OPS", "IT", "HR", "FIN"):
        cast.head(code), cast.deputy(code), cast.contributor(code)
    for name, most in (("people", 8), ("departments", 6)):
        admin.get(url(name))
        with django_assert_max_num_queries(most):
            admin.get(url(name))


def test_the_chart_stands_in_the_order_of_the_tree(admin: Client, cast: Cast) -> None:
    top, low = cast.department("TOP"), cast.department("ALPHA")
    cast.department("ZULU")
    low.edit(name="Alpha", code="ALPHA", cost_centre="", parent=top, by=None)
    chart = admin.get(url("departments")).context["chart"]
    assert [(place.department.code, place.depth) for place in chart] == [("TOP", 0), ("ALPHA", 1), ("ZULU", 0)]


# -- Acts ----------------------------------------------------------------------------------------------------------------


def test_an_administrator_grants_and_ends_a_role_on_the_pages(admin: Client, cast: Cast) -> None:
    nils, ops = cast.nobody, cast.department("OPS")
    assert admin.get(url("grant_role", nils.pk)).status_code == 200
    typed = {"kind": "head", "department": ops.pk, "starts": today().isoformat(), "ends": ""}
    assert admin.post(url("grant_role", nils.pk), typed).headers["Location"] == nils.get_absolute_url()
    assert ops.head() == nils
    role = nils.roles.get()
    page = admin.get(nils.get_absolute_url()).content.decode()
    assert "Department head, Ops department" in page
    answer = admin.post(url("end_role", nils.pk, role.pk), {"on": today().isoformat(), "reason": "Moves on."})
    assert answer.status_code == 302
    assert ops.head() is None
    assert "ended" in admin.get(nils.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "emperor"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"department": ""}, "department"),
        ({"department": "99999"}, "department"),
        ({"department": "x"}, "department"),
        ({"kind": "cxo"}, "department"),
        ({"starts": "02/03/2026"}, "starts"),
        ({"starts": "9999-12-31"}, "starts"),
        ({"starts": "2026-02-30"}, "starts"),
        ({"ends": "0001-01-01"}, "ends"),
    ],
)
def test_a_role_typed_wrongly_is_an_error_at_its_field(admin: Client, cast: Cast, wrong: dict[str, str], field: str) -> None:
    typed = {"kind": "head", "department": cast.department("OPS").pk, "starts": today().isoformat(), **wrong}
    answer = admin.post(url("grant_role", cast.nobody.pk), typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not cast.nobody.roles.exists()


def test_a_refusal_stands_on_the_form_and_keeps_what_was_typed(admin: Client, cast: Cast) -> None:
    hanna = cast.head("OPS")
    typed = {"kind": "head", "department": cast.department("OPS").pk, "starts": today().isoformat()}
    answer = admin.post(url("grant_role", cast.nobody.pk), typed)
    assert answer.status_code == 409
    assert f"already has a head in that time, {hanna}" in answer.content.decode()
    assert today().isoformat() in answer.content.decode()


def test_an_empty_post_is_an_answer_and_no_empty_form(admin: Client, cast: Cast) -> None:
    assert admin.post(url("grant_role", cast.nobody.pk)).status_code == 422


def test_deactivating_shows_what_is_left_behind_and_asks_why(admin: Client, cast: Cast) -> None:
    hanna = cast.head("OPS")
    assert "Role: Department head, Ops department" in admin.get(url("deactivate", hanna.pk)).content.decode()
    assert admin.post(url("deactivate", hanna.pk), {"reason": " "}).status_code == 422
    assert User.objects.get(pk=hanna.pk).is_active
    assert admin.post(url("deactivate", hanna.pk), {"reason": "Left."}).status_code == 302
    assert not User.objects.get(pk=hanna.pk).is_active
    assert admin.post(url("deactivate", hanna.pk), {"reason": "Left."}).status_code == 409
    assert admin.post(url("reactivate", hanna.pk), {"reason": ""}).status_code == 422
    assert admin.post(url("reactivate", hanna.pk), {"reason": "Back."}).status_code == 302
    assert User.objects.get(pk=hanna.pk).is_active


def test_an_administrator_cannot_deactivate_herself(admin: Client, cast: Cast) -> None:
    assert admin.post(url("deactivate", cast.administrator.pk), {"reason": "x"}).status_code == 409
    assert "Nobody deactivates themselves" in admin.get(cast.administrator.get_absolute_url()).content.decode()


def test_a_department_is_made_edited_and_closed_on_the_pages(admin: Client, cast: Cast) -> None:
    admin.post(url("create_department"), {"code": "ＧＡＴＥ", "name": " Gates ", "cost_centre": "", "parent": ""})
    gates = Department.objects.get()
    assert (gates.code, gates.name) == ("GATE", "Gates")
    typed = {"code": "GATE", "name": "Gate services", "cost_centre": "CC1", "parent": "", "version": 1}
    assert admin.post(url("edit_department", gates.pk), typed).status_code == 302
    assert admin.post(url("close_department", gates.pk), {"reason": ""}).status_code == 422
    assert admin.post(url("close_department", gates.pk), {"reason": "Merged."}).status_code == 302
    gates.refresh_from_db()
    assert (gates.name, gates.closed_on) == ("Gate services", today())
    assert "Gate services" in admin.get(url("departments"), {"show": "closed"}).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"code": "A\u202eB"}, "code"),
        ({"code": "x" * 21}, "code"),
        ({"name": "Ga\u200btes"}, "name"),
        ({"name": "x" * 1_000_000}, "name"),
        ({"name": "  "}, "name"),
        ({"parent": "12345"}, "parent"),
    ],
)
def test_a_department_typed_wrongly_is_an_error_at_its_field(admin: Client, wrong: dict[str, str], field: str) -> None:
    answer = admin.post(url("create_department"), {"code": "GATE", "name": "Gates", **wrong})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Department.objects.exists()


def test_a_loop_is_refused_on_the_form(admin: Client, cast: Cast) -> None:
    top, low = cast.department("TOP"), cast.department("LOW")
    low.edit(name="Low", code="LOW", cost_centre="", parent=top, by=None)
    answer = admin.post(url("edit_department", top.pk), {"code": "TOP", "name": "Top", "parent": low.pk, "version": 1})
    assert answer.status_code == 409
    assert "under itself" in answer.content.decode()


def test_an_edit_over_a_newer_edit_shows_both_and_can_then_be_saved(admin: Client, cast: Cast) -> None:
    ops = cast.department("OPS")
    ops.edit(name="Operations", code="OPS", cost_centre="", parent=None, by=None, version=1)
    typed = {"code": "OPS", "name": "Operating", "parent": "", "version": 1}
    answer = admin.post(url("edit_department", ops.pk), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Operations" in page
    assert "Operating" in page
    assert 'name="version" value="2"' in page
    assert Department.objects.get().name == "Operations"
    assert admin.post(url("edit_department", ops.pk), {**typed, "version": 2}).status_code == 302
    assert Department.objects.get().name == "Operating"


@pytest.mark.parametrize("version", ["", "-1", "abc", "9" * 30])
def test_an_edit_without_a_readable_version_is_refused(admin: Client, cast: Cast, version: str) -> None:
    ops = cast.department("OPS")
    answer = admin.post(url("edit_department", ops.pk), {"code": "OPS", "name": "New", "version": version})
    assert answer.status_code == 422
    assert Department.objects.get().name == "Ops department"


# -- Invitations ---------------------------------------------------------------------------------------------------------


def test_the_way_in_from_invitation_to_profile(admin: Client, cast: Cast, post: Post) -> None:
    typed = {"email": "Gina@Example.ORG", "name": "Gina Gate", "kind": "deputy", "department": cast.department("OPS").pk}
    assert admin.post(url("invite"), typed).status_code == 302
    invitation = Invitation.objects.get()
    assert "gina@example.org" in admin.get(url("invite")).content.decode()
    link = url("accept_invitation", invitation.token_for_letter())
    browser = Client()
    for _ in range(3):
        assert browser.get(link).status_code == 200
        assert browser.head(link).status_code == 200
    assert Invitation.objects.get().state == "open", "opening the link changes nothing"
    assert browser.post(link, {"name": "Gina", "password": PASSWORD, "again": "other"}).status_code == 422
    assert browser.post(link, {"name": "Gina", "password": "short", "again": "short"}).status_code == 422
    answer = browser.post(link, {"name": "Gina G.", "password": PASSWORD, "again": PASSWORD})
    assert answer.headers["Location"] == url("profile")
    assert "Deputy, Ops department" in browser.get(url("profile")).content.decode()
    assert browser.get(link).status_code == 404


def test_every_link_that_does_not_work_is_answered_alike(client: Client, cast: Cast, post: Post) -> None:
    used = Invitation.objects.invite(email="a@example.org", name="A", kind="cxo", by=cast.administrator)
    token = used.token_for_letter() or ""
    used.withdraw(by=cast.administrator)
    before = Event.objects.count()
    links = [url("accept_invitation", text) for text in (token, token[:-1], token.swapcase(), "x", "x" * 5_000, "ünïcode")]
    answers = {(answer.status_code, answer.content) for link in links for answer in [client.get(link), client.post(link)]}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    assert Event.objects.count() == before


def test_an_invitation_can_be_withdrawn_on_the_page(admin: Client, cast: Cast, post: Post) -> None:
    invitation = Invitation.objects.invite(email="a@example.org", name="A", kind="cxo", by=cast.administrator)
    assert admin.post(url("withdraw_invitation", invitation.pk)).status_code == 302
    assert Invitation.objects.get().state == "withdrawn"
    assert admin.post(url("withdraw_invitation", invitation.pk)).status_code == 409


@pytest.mark.parametrize(
    "email",
    [
        "a@b", "a@[127.0.0.1]", "a@localhost", "a@b.co,c@d.co", "a@b.co;c@d.co", "x" * 320 + "@b.co", '"a b"@c.co',
        "a@b.co\r\nBcc: x@y.co", "a@b@c.co", "<a@b.co>", "Ada <a@b.co>", "", "a\u202e@b.co", "a@b..co",
    ],
)  # fmt: skip
def test_what_is_no_single_address_is_refused(admin: Client, post: Post, email: str) -> None:
    answer = admin.post(url("invite"), {"email": email, "name": "A", "kind": "cxo"})
    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors
    assert (Invitation.objects.count(), post.letters) == (0, [])


def test_an_address_at_a_domain_with_accents_is_kept_in_ascii(admin: Client, post: Post) -> None:
    assert admin.post(url("invite"), {"email": "ada@bücher.example", "name": "Ada", "kind": "cxo"}).status_code == 302
    assert Invitation.objects.get().email == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "name",
    [
        '"CEO <ceo@corp>" <x@y>',
        "A\r\nBcc: x@y.co",
        "See https://evil.example",
        "www.evil.example",
        "x" * 61,
        "a@b",
        "A\u202eB",
        "A\u200bB",
    ],
)
def test_a_name_that_is_a_message_is_refused(admin: Client, post: Post, name: str) -> None:
    answer = admin.post(url("invite"), {"email": "a@b.co", "name": name, "kind": "cxo"})
    assert answer.status_code == 422
    assert "name" in answer.context["form"].errors
    assert (Invitation.objects.count(), post.letters) == (0, [])


def test_a_look_alike_address_is_pointed_out(admin: Client, cast: Cast, post: Post) -> None:
    assert cast.cxo.email == "clara_cxo@example.org"
    answer = admin.post(url("invite"), {"email": "clara_cxo+two@example.org", "name": "C", "kind": "ceo"}, follow=True)
    assert "nearly the same address" in answer.content.decode()


# -- Oneself -------------------------------------------------------------------------------------------------------------


def test_everybody_edits_the_own_profile(client: Client, cast: Cast) -> None:
    client.force_login(cast.nobody)
    typed = {"name": "Nils N.", "time_zone": "Asia/Tokyo", "locale": "en-gb", "theme": "dark", "version": 1}
    assert client.post(url("profile"), typed).status_code == 302
    nils = User.objects.get(pk=cast.nobody.pk)
    assert (nils.name, nils.time_zone, nils.theme) == ("Nils N.", "Asia/Tokyo", "dark")
    assert Event.objects.about(nils).get().act == "profile_edited"
    for wrong in ({"time_zone": "Mars/Olympus"}, {"theme": "pink"}, {"locale": "xx"}, {"name": "<b>"}, {"version": "0"}):
        assert client.post(url("profile"), {**typed, "version": 2, **wrong}).status_code == 422
    assert client.post(url("profile"), {**typed, "version": 1}).status_code == 409
    assert User.objects.get(pk=cast.nobody.pk).version == 2


def test_a_role_to_come_is_shown_as_such(admin: Client, cast: Cast) -> None:
    later = today() + timedelta(days=9)
    Role.objects.grant(person=cast.nobody, kind="head", department=cast.department("OPS"), starts=later, by=cast.administrator)
    assert "later" in admin.get(cast.nobody.get_absolute_url()).content.decode()
    assert "later" in admin.get(cast.department("OPS").get_absolute_url()).content.decode()
