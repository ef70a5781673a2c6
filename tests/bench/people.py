"""Sign the bench's people in without a browser; print their session keys, a CSRF token and the initiative to open."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402 - after the set-up
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402

from initiatives.organization.models import User  # noqa: E402
from initiatives.portfolio.models import Initiative  # noqa: E402


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def main() -> None:
    reported = Initiative.objects.filter(status="active", confidential=False).annotate(reports=Count("check_ins"))
    initiative = reported.filter(reports=10).order_by("pk").first()
    assert initiative is not None
    assert initiative.accountable_person is not None
    people = {
        "cxo": User.objects.get(email="cxo@seed.example"),
        "ceo": User.objects.get(email="ceo@seed.example"),
        "owner": initiative.accountable_person,
    }
    print(
        json.dumps(
            {
                **{name: session_of(user) for name, user in people.items()},
                "token": get_random_string(32),
                "reference": initiative.reference,
            }
        )
    )


if __name__ == "__main__":
    main()
