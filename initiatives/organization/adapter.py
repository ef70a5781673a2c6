"""allauth's hooks: nobody signs up without an invitation, and every mail leaves through the outbox."""

import uuid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from initiatives.organization import letters
from initiatives.organization.models import User

LONGEST_PASSWORD = 4_096  # bytes; hashing takes time in proportion


class ByInvitation(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the reset letter is ours; the link is made when it is sent, so no token lies in the outbox."""
        if template_prefix != "account/email/password_reset_key":
            raise ValueError(f"No letter for {template_prefix}")
        person: User = context["user"]
        letters.send("password_reset", to=person, email=person.email, key=f"password_reset:{person.pk}:{uuid.uuid4().hex}")

    def set_password(self, user: User, password: str) -> None:
        with transaction.atomic():
            user.lock()
            user.set_password(password)
            user.save(update_fields=["password"])
            user.record("password_changed", by=user)

    def clean_password(self, password: str, user: User | None = None) -> str:
        if too_long(password):
            raise ValidationError("This password is too long.", code="password_too_long")
        cleaned: str = super().clean_password(password, user=user)
        return cleaned

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        if too_long(credentials.get("password") or ""):
            raise self.validation_error("email_password_mismatch")

    def reauthenticate(self, user: User, password: str) -> bool:
        """The address stands on the person; allauth would look for it in a table that we do not fill."""
        found = self.authenticate(current.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk


def too_long(password: str) -> bool:
    return len(password.encode(errors="replace")) > LONGEST_PASSWORD
