"""People: who signs in, and what they may do today."""

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from initiatives.core import clock, policy
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.organization import departures
from initiatives.organization.models.roles import Role, held, today
from initiatives.organization.standing import Standing

if TYPE_CHECKING:
    from initiatives.organization.models.departments import Department


MOST_TOLD = 5  # notices that wait for a person; the oldest give way


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(f"“{name[:80]}” is not a time zone such as Europe/Berlin.")


class Theme(models.TextChoices):
    SYSTEM = "system", "As my device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_order(self) -> Self:
        return self.order_by(Lower("name"), "id")

    def visible_to(self, user: "User") -> Self:
        """Colleagues' names are open to every active person."""
        return self if user.is_active else self.none()

    def holding(self, *kinds: str) -> Self:
        """Active people who hold one of these roles today."""
        return self.active().filter(pk__in=Role.objects.current().filter(kind__in=kinds).values("person"))

    def in_department(self, department: "Department | int") -> Self:
        """Active people who hold any role in this department today."""
        return self.active().filter(pk__in=Role.objects.current().filter(department=department).values("person"))

    def matching(self, words: str) -> Self:
        """People whose name or address holds every one of the words."""
        found = self
        for word in words.split()[:10]:
            found = found.filter(Q(name__icontains=word) | Q(email__icontains=word))
        return found


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, name: str, password: str | None = None, **more: Any) -> "User":
        """A new active person; without a password nobody can sign in until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), name=name, **more)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user


class User(Recorded, AbstractBaseUser, PermissionsMixin):
    """A person. The e-mail address is the login. Nobody is a superuser: the database refuses it."""

    email = models.EmailField(
        "e-mail", max_length=254, unique=True, error_messages={"unique": "Somebody with this e-mail address is already here."}
    )
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = False  # the product has no back door
    time_zone = models.CharField(max_length=64, default=settings.TIME_ZONE, validators=[validate_time_zone])
    locale = models.CharField(max_length=16, default=settings.LANGUAGE_CODE)
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    joined_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    to_be_told = models.JSONField(default=list, blank=True)  # [{"words", "tone", "url"}], said on the next page they open

    silent: ClassVar[frozenset[str]] = frozenset({"password", "last_login", "to_be_told"})  # never in the audit trail

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name=says("email_in_lower_case", "An e-mail address is kept in lower case.")
            ),
            models.CheckConstraint(
                condition=Q(is_superuser=False), name=says("nobody_is_a_superuser", "Nobody may be a superuser.")
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_absolute_url(self) -> str:
        return reverse("organization:person", args=[self.pk])

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """The registry's answer alone: no table of permissions on whole models is asked, and nobody is a superuser."""
        return policy.permits(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        return False

    @cached_property
    def standing(self) -> Standing:
        """What this person may do today: one query, kept for the life of this instance (a request, a task)."""
        return Standing.of(held(self.pk, today())) if self.is_active and self.pk is not None else Standing()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        return clock.today(self.time_zone)

    # -- Acts ----------------------------------------------------------------------------------------------------------

    @transaction.atomic
    def edit_profile(self, *, name: str, time_zone: str, locale: str, theme: str, by: "User", version: int | None = None) -> None:
        """Change how the product addresses this person. `version` is what the form was opened with."""
        self.lock(version=version)
        self.name, self.time_zone, self.locale, self.theme = name, time_zone, locale, theme
        self.version += 1
        self.save(update_fields=["name", "time_zone", "locale", "theme", "version"])
        self.record("profile_edited", by=by)

    def accountable_for(self, *, by: "User | None") -> departures.Accountable:
        """What needs somebody else when this person leaves, as far as `by` may see it."""
        roles = self.roles.not_over().select_related("department").order_by("pk")
        return [(f"Role: {role.title}", "") for role in roles] + departures.accountable_for(self, by=by)

    def obstacle_to_deactivate(self, *, by: "User | None") -> str | None:
        """Say in one sentence why this person cannot be deactivated, or None."""
        if not self.is_active:
            return f"{self} has already left."
        if by is not None and by.pk == self.pk:
            return "Nobody deactivates themselves; ask another administrator."
        administers = self.roles.administrators().first()
        return administers.obstacle_to_end() if administers else None

    @transaction.atomic
    def deactivate(self, *, by: "User | None", reason: str) -> departures.Accountable:
        """End sessions, roles and access at once; returns what the person was accountable for, as far as `by` may see it."""
        Role.objects.lock_administrators()
        self.lock()
        if obstacle := self.obstacle_to_deactivate(by=by):
            raise RuleBroken(obstacle)
        left, everything = self.accountable_for(by=by), self.accountable_for(by=None)
        for role in self.roles.not_over().order_by("pk"):
            role.lock()
            role.finish(by=by, reason=reason)
        self.is_active = False
        self.set_unusable_password()
        self.version += 1
        self.save(update_fields=["is_active", "password", "version"])
        self.end_sessions()
        departures.hand_over(self, by=by)
        self.record("deactivated", by=by, reason=reason, accountable_for=[words for words, _ in everything])
        return left

    def obstacle_to_reactivate(self) -> str | None:
        """Say in one sentence why this person cannot be reactivated, or None."""
        return f"{self} is active." if self.is_active else None

    @transaction.atomic
    def reactivate(self, *, by: "User | None", reason: str) -> None:
        """Let the person in again, with no role and no password: a reset letter gives a new one."""
        self.lock()
        if obstacle := self.obstacle_to_reactivate():
            raise RuleBroken(obstacle)
        self.is_active = True
        self.version += 1
        self.save(update_fields=["is_active", "version"])
        self.record("reactivated", by=by, reason=reason)

    # -- What is said on the next page ------------------------------------------------------------------------------------

    @transaction.atomic
    def tell(self, words: str, *, url: str, tone: str = "info") -> None:
        """Say this above the next page that the person opens: how something ended that they began and left to itself."""
        waiting = User.objects.select_for_update(no_key=True).get(pk=self.pk).to_be_told
        said = [*waiting, {"words": words, "tone": tone, "url": url}][-MOST_TOLD:]
        User.objects.filter(pk=self.pk).update(to_be_told=said)

    def hear(self) -> list[dict[str, str]]:
        """What is to be said now; each is said once. Without anything to say it asks nothing of the database."""
        if not self.to_be_told:
            return []
        with transaction.atomic():
            said: list[dict[str, str]] = User.objects.select_for_update(no_key=True).get(pk=self.pk).to_be_told
            User.objects.filter(pk=self.pk).update(to_be_told=[])
        self.to_be_told = []
        return said

    def end_sessions(self) -> None:
        """Sign the person out everywhere."""
        theirs = UserSession.objects.filter(user=self)
        Session.objects.filter(session_key__in=list(theirs.values_list("session_key", flat=True))).delete()
        theirs.delete()
