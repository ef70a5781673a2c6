"""What this room's letters say, asked when they are sent."""

from typing import Any

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from initiatives.organization import letters
from initiatives.organization.models import Invitation, User


@letters.content("invitation")
def invitation(to: User | None, context: dict[str, Any]) -> dict[str, Any] | None:
    """The link with the token; nothing is sent when the invitation was withdrawn, accepted or has expired."""
    found = Invitation.objects.filter(pk=context["invitation"]).select_related("invited_by", "department").first()
    token = found.token_for_letter() if found else None
    if found is None or token is None:
        return None
    link = settings.PUBLIC_URL + reverse("organization:accept_invitation", args=[token])
    return {"invitation": found, "link": link}


@letters.content("password_reset")
def password_reset(to: User | None, context: dict[str, Any]) -> dict[str, Any] | None:
    """The link with a token of this moment; nothing is sent to somebody who has left meanwhile."""
    if to is None or not to.is_active:
        return None
    uid, key = user_pk_to_url_str(to), PASSWORD_RESET_TOKEN_GENERATOR().make_token(to)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
    return {"link": settings.PUBLIC_URL + path}
