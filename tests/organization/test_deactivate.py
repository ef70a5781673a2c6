"""Whoever leaves loses sessions, roles and access at once, and what they answered for is listed."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.organization import departures
from initiatives.organization.models import User
from initiatives.organization.models.roles import today
from tests.cast import PASSWORD, Cast


def sign_in(person: User) -> Client:
    client = Client()
    answer = client.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD, "next": reverse("account_change_password")}
    )
    assert answer.status_code == 302, answer.content[:2000]
    return client


def test_deactivating_ends_sessions_roles_and_access_at_once(cast: Cast) -> None:
    hanna = cast.head("OPS")
    browsers = [sign_in(hanna), sign_in(hanna)]
    hanna.deactivate(by=cast.administrator, reason="Left the company.")
    assert not UserSession.objects.filter(user=hanna).exists()
    assert not Session.objects.exists()
    assert {browser.get(reverse("account_change_password")).status_code for browser in browsers} == {302}
    hanna = User.objects.get(pk=hanna.pk)
    assert (hanna.is_active, hanna.has_usable_password()) == (False, False)
    assert hanna.roles.get().ends == today()
    assert hanna.standing.anywhere is False
    assert cast.department("OPS").deciders() == []


def test_the_audit_trail_says_what_they_answered_for_and_never_holds_a_hash(cast: Cast) -> None:
    hanna = cast.head("OPS")
    left = hanna.deactivate(by=cast.administrator, reason="Left the company.")
    event = Event.objects.about(hanna).get()
    assert left == [("Role: Department head, Ops department", "")]
    assert event.changes["accountable_for"] == ["Role: Department head, Ops department"]
    assert event.changes["is_active"] == [True, False]
    assert not Event.objects.filter(changes__has_key="password").exists()


def test_rooms_above_list_and_hand_over_what_a_person_held(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[User] = []
    monkeypatch.setattr(departures, "_listings", [])
    departures.register(
        lambda person, by: [("Accountable for CX-042", "/initiatives/CX-042/")], lambda person, by: handed.append(person)
    )
    assert cast.nobody.accountable_for(by=cast.administrator) == [("Accountable for CX-042", "/initiatives/CX-042/")]
    assert handed == []
    cast.nobody.deactivate(by=cast.administrator, reason="Left.")
    assert handed == [cast.nobody]


def test_nobody_deactivates_themselves_nor_the_last_administrator(cast: Cast) -> None:
    for by, sentence in ((cast.administrator, "themselves"), (cast.cxo, "needs an administrator")):
        with pytest.raises(RuleBroken, match=sentence):
            cast.administrator.deactivate(by=by, reason="Leaves.")
    assert User.objects.get(pk=cast.administrator.pk).is_active
    assert cast.administrator.roles.get().ends is None


def test_somebody_who_left_cannot_leave_again(cast: Cast) -> None:
    cast.nobody.deactivate(by=cast.administrator, reason="Left.")
    with pytest.raises(RuleBroken, match="already left"):
        cast.nobody.deactivate(by=cast.administrator, reason="Left.")


def test_reactivating_gives_neither_the_old_roles_nor_the_old_password(cast: Cast) -> None:
    hanna = cast.head("OPS")
    with pytest.raises(RuleBroken, match="is active"):
        hanna.reactivate(by=cast.administrator, reason="Back.")
    hanna.deactivate(by=cast.administrator, reason="Left.")
    hanna.reactivate(by=cast.administrator, reason="Back.")
    hanna = User.objects.get(pk=hanna.pk)
    assert hanna.is_active
    assert hanna.standing.anywhere is False
    assert not hanna.check_password(PASSWORD)
