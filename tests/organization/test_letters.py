"""The letters of this room, from the act to the mail, through the real outbox."""

import re
from email.message import Message

from django.test import Client
from django.urls import reverse

from initiatives.core import clock
from initiatives.duties import compose
from initiatives.duties.models import Letter
from initiatives.organization.models import Invitation, User
from tests.cast import PASSWORD, Cast


def mailed() -> tuple[Letter, str, Message]:
    letter = Letter.objects.get()
    message = compose.mail(letter, now=clock.now())
    return letter, str(message.body), message.message()


def test_an_invitation_is_mailed_and_its_link_leads_in(client: Client, cast: Cast) -> None:
    ops = cast.department("OPS")
    Invitation.objects.invite(
        email="g@example.org", name="Gina O’Neil & Co", kind="deputy", department=ops, by=cast.administrator
    )
    letter, body, message = mailed()
    assert message["To"] == "g@example.org"
    assert "Hello Gina O’Neil & Co," in body
    assert "Ada Administrator" in body
    assert "Deputy, Ops department" in body
    path = re.search(r"http://[^/]+(/people/invitation/\S+)", body)
    assert path
    assert path[1].rstrip("/").rpartition("/")[2] not in str(letter.context)
    answer = client.post(path[1], {"name": "Gina", "password": PASSWORD, "again": PASSWORD})
    assert answer.headers["Location"] == reverse("organization:profile")


def test_a_new_password_is_mailed_and_its_link_leads_to_the_form(client: Client, cast: Cast) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.nobody.email})
    letter, body, message = mailed()
    assert (message["To"], letter.context) == (cast.nobody.email, {})
    path = re.search(r"http://[^/]+(/account/password/reset/key/\S+)", body)
    assert path
    form = client.get(path[1], follow=True)
    new = "a whole new passphrase"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert User.objects.get(pk=cast.nobody.pk).check_password(new)
