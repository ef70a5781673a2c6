"""Invitations and new passwords leave through the outbox, and hold no token before they do."""

import re

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.test import Client

from initiatives.duties import outbox
from initiatives.duties.models import Letter, State
from initiatives.organization.models import Invitation, RoleKind
from tests.cast import Cast

Box = list[EmailMessage]


def test_an_invitation_is_mailed_with_its_link(cast: Cast, mailoutbox: Box) -> None:
    Invitation.objects.invite(email="new@example.org", name="Nina New", kind=RoleKind.CEO, by=cast.administrator)
    letter = Letter.objects.get()
    assert set(letter.context) == {"invitation"}
    outbox.deliver()
    [mail] = mailoutbox
    assert mail.to == ["new@example.org"]
    assert isinstance(mail, EmailMultiAlternatives)
    [link] = set(re.findall(r"http://localhost:8000/people/\S+", str(mail.body)))
    assert link in str(mail.alternatives[0][0])


def test_a_withdrawn_invitation_is_not_mailed(cast: Cast, mailoutbox: Box) -> None:
    invitation = Invitation.objects.invite(email="new@example.org", name="Nina New", kind=RoleKind.CEO, by=cast.administrator)
    invitation.withdraw(by=cast.administrator)
    outbox.deliver()
    assert Letter.objects.get().state == State.DROPPED
    assert not mailoutbox


@pytest.mark.parametrize("host", ["testserver", "evil.example"])
def test_a_reset_letter_leads_to_our_address_whatever_host_was_asked(
    host: str, cast: Cast, client: Client, mailoutbox: Box, settings: object
) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]  # a setting
    client.post("/account/password/reset/", {"email": cast.ceo.email}, headers={"host": host})
    outbox.deliver()
    [mail] = mailoutbox
    assert re.findall(r"https?://[^/\s]+", str(mail.body)) == ["http://localhost:8000"]


def test_an_unknown_address_gets_no_letter(cast: Cast, client: Client) -> None:
    client.post("/account/password/reset/", {"email": "stranger@example.org"})
    assert not Letter.objects.exists()
