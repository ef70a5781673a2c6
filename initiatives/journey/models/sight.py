"""Sight: which departments look at which stages. Only numbers of a department are kept, never who looked (decision 0005)."""

from datetime import timedelta
from typing import ClassVar

from django.core.cache import cache
from django.db import models, transaction
from django.db.models import F, Q, Sum
from django.utils.crypto import salted_hmac

from initiatives.core.rules import says
from initiatives.journey.models.map import MapPolicy, Stage
from initiatives.organization.models import Department, User
from initiatives.organization.models.roles import today


class SightQuerySet(models.QuerySet["Sight"]):
    def looking(self, policy: MapPolicy) -> set[tuple[int, int]]:
        """(department, stage) at which enough different members of the department have looked lately: one query."""
        since = today() - timedelta(days=policy.sight_days)
        rows = self.filter(day__gt=since).order_by().values_list("department_id", "stage_id").annotate(looked=Sum("members"))
        return {(department, stage) for department, stage, looked in rows if looked >= policy.sight_members}

    def move(self, department: int, stage: int, day: str, by: int) -> None:
        """One member more, or fewer, whose last look fell on `day`."""
        row = self.filter(department=department, stage=stage, day=day)
        if by > 0:
            self.get_or_create(department_id=department, stage_id=stage, day=day)
        row.filter(members__gte=max(-by, 0)).update(members=F("members") + by)


class Sight(models.Model):
    """How many members of a department last looked at something of a stage on this day.

    A member stands in one row of a department and stage at most, so that the sum over thirty days counts different people.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    day = models.DateField()
    members = models.PositiveIntegerField(default=0)

    objects = SightQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["department", "stage", "day"], name="one_sight_a_day"),
            models.CheckConstraint(
                condition=Q(members__gte=0), name=says("sight_not_negative", "Nobody can have looked fewer than no times.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.members} of {self.department_id} at {self.stage_id} on {self.day}"


def looked(user: User, stage: int) -> None:
    """`user` has opened something of this stage: count it for the departments that they belong to, once a day.

    When they looked before, they move from that day's number to today's. What tells one look of a person from another is a
    keyed hash in the cache, which forgets it; no table and no log holds it.
    """
    day = today().isoformat()
    for department in user.standing.belongs_to:
        mark = f"sight:{salted_hmac('sight', f'{user.pk}.{department}.{stage}', algorithm='sha256').hexdigest()}"
        before = cache.get(mark)
        if before == day:
            continue
        with transaction.atomic():
            if before is not None:
                Sight.objects.move(department, stage, before, -1)
            Sight.objects.move(department, stage, day, +1)
        cache.set(mark, day, timeout=MapPolicy.objects.current().sight_days * 86_400)
