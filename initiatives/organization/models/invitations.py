"""Invitations: the only way in."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.organization import letters
from initiatives.organization.models.departments import Department
from initiatives.organization.models.people import User
from initiatives.organization.models.roles import Role, RoleKind, today


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=Invitation.hash_of(token))

    def newest_first(self) -> Self:
        return self.order_by("-id")

    def visible_to(self, user: User) -> Self:
        """Invitations are the administrators' business."""
        return self if user.is_active and user.standing.holds(RoleKind.ADMINISTRATOR) else self.none()

    @transaction.atomic
    def invite(self, *, email: str, name: str, kind: str, by: User, department: Department | None = None) -> "Invitation":
        """Invite one address to one role; the letter leaves when the transaction commits."""
        by.lock()
        email = email.lower()
        for expired in self.filter(email=email, accepted_at=None, withdrawn_at=None, expires_at__lte=clock.now()):
            expired.withdraw(by=by, reason="It had expired.")
        invitation = self.model(email=email, name=name, kind=kind, department=department, invited_by=by)
        if obstacle := invitation.obstacle_to_invite():
            raise RuleBroken(obstacle)
        invitation.expires_at = clock.now() + Invitation.LIFETIME
        invitation.token_hash = Invitation.hash_of(invitation.token(settings.SECRET_KEY))
        invitation.save()
        invitation.record("invited", by=by, email=email, kind=kind, department=department.code if department else None)
        letters.send("invitation", to=None, email=email, key=f"invitation:{invitation.pk}", invitation=invitation.pk)
        return invitation


class Invitation(Recorded):
    """A letter to one address that lets its reader choose a password, once, until it expires."""

    LIFETIME = timedelta(days=7)
    AT_MOST_AN_HOUR = 20
    silent: ClassVar[frozenset[str]] = frozenset({"token_hash"})

    email = models.EmailField("e-mail", max_length=254)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=RoleKind)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name=says("one_open_invitation_per_address", "This address already has an open invitation."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name=says("invitation_accepted_or_withdrawn", "An invitation is accepted or withdrawn, not both."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    # -- The token: stands in the letter only --------------------------------------------------------------------------

    def token(self, secret: str) -> str:
        """What the letter's link holds. Made again from the row when the letter is sent, so it is stored nowhere."""
        text = f"cxgov.invitation:{self.email}:{self.expires_at.isoformat()}"
        return urlsafe_b64encode(hmac.digest(secret.encode(), text.encode(), "sha256")).decode().rstrip("=")

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode(errors="replace")).hexdigest()

    def token_for_letter(self) -> str | None:
        """The token under the key of today or a former one; None when the invitation is not open any more."""
        if self.state != "open":
            return None
        tokens = (self.token(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
        return next((token for token in tokens if self.hash_of(token) == self.token_hash), None)

    @property
    def state(self) -> str:
        if self.accepted_at is not None:
            return "accepted"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "open" if self.expires_at > clock.now() else "expired"

    @property
    def title(self) -> str:
        kind = RoleKind(self.kind).label
        return f"{kind}, {self.department}" if self.department else kind

    def look_alike(self) -> User | None:
        """Somebody whose address differs only by what many mail servers ignore: a tag after a plus sign."""
        person, _, domain = self.email.partition("@")
        near = User.objects.filter(email__startswith=person.partition("+")[0], email__endswith=f"@{domain}").exclude(
            email=self.email
        )
        return next((user for user in near if user.email.partition("@")[0].partition("+")[0] == person.partition("+")[0]), None)

    def said(self) -> str:
        """What the inviting administrator is told."""
        like = self.look_alike()
        warning = f" {like} has nearly the same address, {like.email}." if like else ""
        return f"The invitation is on its way to {self.email}.{warning}"

    # -- Acts ----------------------------------------------------------------------------------------------------------

    def obstacle_to_invite(self) -> str | None:
        """Say in one sentence why this address cannot be invited to this role, or None."""
        if User.objects.filter(email=self.email).exists():
            return "Somebody with this e-mail address is already here."
        if Invitation.objects.open().filter(email=self.email).exists():
            return "This address already has an open invitation; withdraw it first."
        lately = Invitation.objects.filter(invited_by=self.invited_by, invited_at__gt=clock.now() - timedelta(hours=1))
        if lately.count() >= self.AT_MOST_AN_HOUR:
            return f"You sent {self.AT_MOST_AN_HOUR} invitations within the last hour; send the next one later."
        return self._obstacle_to_the_role()

    def _obstacle_to_the_role(self) -> str | None:
        person = User(email=self.email, name=self.name)
        return Role(person=person, kind=self.kind, department=self.department, starts=today()).obstacle_to_grant(by=None)

    def obstacle_to_accept(self) -> str | None:
        """Say in one sentence why this invitation cannot be accepted, or None."""
        if self.state != "open":
            return "This invitation is not valid any more. Ask for a new one."
        if not self.invited_by.standing.holds(RoleKind.ADMINISTRATOR):
            return "Whoever invited you may not do so any more. Ask for a new invitation."
        if User.objects.filter(email=self.email).exists():
            return "Somebody with this e-mail address is already here."
        return self._obstacle_to_the_role()

    @transaction.atomic
    def accept(self, *, password: str, name: str = "") -> User:
        """Become a person with this password and the role of the invitation. Works once."""
        self.lock()
        if obstacle := self.obstacle_to_accept():
            raise RuleBroken(obstacle)
        if Invitation.objects.open().filter(pk=self.pk).update(accepted_at=clock.now()) != 1:
            raise RuleBroken("This invitation is not valid any more. Ask for a new one.")
        person = User.objects.create_user(self.email, name or self.name, password)
        person.record("joined", by=person, invitation=self.pk)
        Role.objects.grant(person=person, kind=self.kind, department=self.department, by=self.invited_by)
        self.person = person
        self.save(update_fields=["person"])
        self.refresh_from_db(fields=["accepted_at"])
        self.record("accepted", by=person)
        return person

    def obstacle_to_withdraw(self) -> str | None:
        """Say in one sentence why this invitation cannot be withdrawn, or None."""
        if self.state in ("accepted", "withdrawn"):
            return f"This invitation is already {self.state}."
        return None

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str = "") -> None:
        """Make the letter's link worthless."""
        self.lock()
        if obstacle := self.obstacle_to_withdraw():
            raise RuleBroken(obstacle)
        self.withdrawn_at = clock.now()
        self.save(update_fields=["withdrawn_at"])
        self.record("withdrawn", by=by, reason=reason)
