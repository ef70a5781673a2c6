"""Who: people, the tree of departments, and the dated roles that say what a person may do."""

import secrets
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.crypto import salted_hmac

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import says
from initiatives.organization.standing import Standing


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

    @cached_property
    def standing(self) -> Standing:
        """What this person may do today: one query, kept for the life of this instance (a request, a task)."""
        return Standing.of(self)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        return clock.today(self.time_zone)


class DepartmentQuerySet(models.QuerySet["Department"]):
    def active(self) -> Self:
        return self.filter(closed_on=None)

    def visible_to(self, user: User) -> Self:
        """The organisation chart is open to every active person."""
        return self if user.is_active else self.none()

    def in_order(self) -> Self:
        return self.order_by("name")


class Department(Recorded):
    """A part of the company; departments form a tree. `stewards` are its head and deputies, projected from roles."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    cost_centre = models.CharField(max_length=20, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    stewards = models.OneToOneField(Group, models.PROTECT, related_name="department")
    version = models.PositiveIntegerField(default=1)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("code"), name=says("one_department_per_code", "Another department already has this code.")
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name=says("no_department_under_itself", "A department cannot stand under itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.stewards_id is None:
            self.stewards = Group.objects.create(name=f"stewards {secrets.token_hex(8)}")
        super().save(*args, **kwargs)


class RoleKind(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    CXO = "cxo", "CXO"
    CEO = "ceo", "CEO"
    FINANCE = "finance", "Finance"
    HEAD = "head", "Department head"
    DEPUTY = "deputy", "Deputy"
    CONTRIBUTOR = "contributor", "Contributor"
    AUDITOR = "auditor", "Auditor"


DAYS_HELD = Func("starts", "ends", Value("[)"), function="daterange", output_field=DateRangeField())
COMPANY_WIDE = (RoleKind.ADMINISTRATOR, RoleKind.CXO, RoleKind.CEO, RoleKind.FINANCE, RoleKind.AUDITOR)


class RoleQuerySet(models.QuerySet["Role"]):
    def on(self, day: date) -> Self:
        """Roles that are held on `day`: started, and not ended before or on it (`ends` is the first day without)."""
        return self.filter(Q(starts__lte=day) & (Q(ends=None) | Q(ends__gt=day)))

    def current(self) -> Self:
        return self.on(clock.today(settings.TIME_ZONE))

    def held_by_the_active(self) -> Self:
        return self.filter(person__is_active=True)


class Role(Recorded):
    """What a person may do, company-wide or in one department, from a day until a day. Never deleted."""

    person = models.ForeignKey(User, models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=16, choices=RoleKind)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="roles")
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)  # the first day without the role
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-starts", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=models.F("starts")),
                name=says("role_ends_after_it_starts", "A role cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=COMPANY_WIDE, department=None) | (~Q(kind__in=COMPANY_WIDE) & Q(department__isnull=False)),
                name=says(
                    "role_in_the_right_place",
                    "Heads, deputies and contributors belong to a department; the other roles to the company.",
                ),
            ),
            ExclusionConstraint(
                name=says("one_head_at_a_time", "This department already has a head in that time; end that role first."),
                expressions=[("department", RangeOperators.EQUAL), (DAYS_HELD, RangeOperators.OVERLAPS)],
                condition=Q(kind=RoleKind.HEAD),
            ),
            ExclusionConstraint(
                name=says("one_role_of_a_kind", "This person already holds this role in that time."),
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    (Coalesce("department", Value(0), output_field=models.BigIntegerField()), RangeOperators.EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        where = f", {self.department}" if self.department else ""
        return f"{self.get_kind_display()}{where}: {self.person}"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=Invitation.hash_of(token))


class Invitation(Recorded):
    """A letter to one address that lets its reader choose a password, once, until it expires."""

    LIFETIME = timedelta(days=7)

    email = models.EmailField("e-mail", max_length=254)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=RoleKind)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.email

    @staticmethod
    def hash_of(token: str) -> str:
        return salted_hmac("cxgov.invitation", token, algorithm="sha256").hexdigest()
