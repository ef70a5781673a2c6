"""Where mail goes when no SMTP server is configured: one file each under the data folder, shown on the page "Mail"."""

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from initiatives.core import clock
from initiatives.organization.models import User

SHOWN = 200


def folder() -> Path:
    return Path(settings.DATA_DIR, "mail")


class KeepAsEml(BaseEmailBackend):
    """Keep each mail as an .eml file: whole or not at all, named by instant and address."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._keep(message)
        return len(email_messages)

    def _keep(self, message: EmailMessage) -> None:
        to = re.sub(r"[^A-Za-z0-9@._+-]", "_", message.recipients()[0])[:100]
        name = f"{clock.now().astimezone(UTC):%Y%m%dT%H%M%S.%fZ} {to} {secrets.token_hex(4)}.eml"
        unfinished = folder() / f".{name}"
        with unfinished.open("wb") as file:
            file.write(message.message().as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(folder() / name)


@dataclass(frozen=True)
class Kept:
    """A mail as the page shows it."""

    name: str
    to: str
    subject: str
    at: datetime | None
    text: str = ""


def kept_for(user: User) -> list[Kept]:
    """The newest mails that this person may read: those addressed to them; administrators of the demo world read all."""
    return list(islice(_readable(user), SHOWN))


def one_for(user: User, name: str) -> Kept | None:
    """The mail of this name with its text, when this person may read it."""
    path = folder() / f"{name}.eml"
    if not re.fullmatch(r"[A-Za-z0-9@._+ -]{1,200}", name) or name.startswith(".") or not path.is_file():
        return None
    mail = _parsed(path)
    return mail if _may_read(user, mail) else None


def _readable(user: User) -> Iterator[Kept]:
    every = user.standing.holds("administrator")
    for path in sorted(folder().glob("[!.]*.eml"), reverse=True):
        if every or user.email in path.name:
            mail = _parsed(path)
            if _may_read(user, mail):
                yield mail


def _may_read(user: User, mail: Kept) -> bool:
    return mail.to == user.email or user.standing.holds("administrator")


def _parsed(path: Path) -> Kept:
    mail = message_from_bytes(path.read_bytes(), _class=Parsed, policy=policy.default)
    body = mail.get_body(("plain",))
    date = mail["Date"]
    return Kept(
        name=path.stem,
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        at=_instant(str(date)) if date else None,
        text=str(body.get_content()) if body else "",
    )


def _instant(date: str) -> datetime:
    at = parsedate_to_datetime(date)
    return at if at.tzinfo else at.replace(tzinfo=UTC)  # "-0000" says UTC too
