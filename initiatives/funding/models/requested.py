"""What a request for money says, the hash of it that an approval signs, and the beats that its acts share."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.prepared import prepared
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.papers import Approval, Receipt, RequestLine, State
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import content_of
from initiatives.organization.models import User


class Requested(Recorded):
    """What a request says and has been given, and how its acts begin and end."""

    cost_object = models.ForeignKey(CostObject, models.PROTECT, related_name="requests")
    requester = models.ForeignKey(User, models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3, default=settings.CURRENCY)  # of all its pools
    purpose = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)  # of the content; an approval signs it
    drafted_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    submitted_on = models.DateField(null=True, editable=False)  # the company's day
    steps = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), editable=False)  # in force then
    expires_on = models.DateField(null=True)  # the last day on which it can be decided, or while returned, answered

    seed: bool  # by the short way (initiatives/funding/models/seeds.py)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"Request {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("funding:request", args=[self.pk])

    @property
    def last_step_at(self) -> datetime:
        """Since when the request is in its state."""
        return self.decided_at or self.submitted_at or self.drafted_at

    def shown(self, asked: Iterable[RequestLine] | None = None) -> str:
        """The hash of what a decider is shown: amounts, pools, whose money it becomes, what for, which version.

        `asked` are the lines with their pools in the order of `asked_lines`, where they were read already.
        """
        asked = self.lines_with_pools() if asked is None else asked
        lines = [[line.pool_id, line.pool.currency, line.amount, *([line.nature] if line.nature else [])] for line in asked]
        return content_of(
            "approve",
            request=self.pk,
            version=self.version,
            cost_object=self.cost_object_id,
            owner=self.cost_object.owner_id,
            requester=self.requester_id,
            purpose=self.purpose,
            lines=lines,
            **({"seed": True} if self.seed else {}),
            **({"steps": self.steps} if self.steps else {}),
        )

    def asked_lines(self) -> models.QuerySet[RequestLine]:
        return RequestLine.objects.filter(request_id=self.pk).order_by("pool_id", "nature")

    def lines_with_pools(self) -> list[RequestLine]:
        """The same, read now, each with its pool, that pool's department and year."""
        return _lines_with_pools(self.pk)

    def given(self) -> models.QuerySet[Approval]:
        return Approval.objects.filter(request_id=self.pk).order_by("id")

    def kept_apart(self) -> set[int]:
        """Ids of those who may not approve: who asks, who owns what the money is for, who approved already."""
        given = {person for both in self.given().values_list("by_id", "on_behalf_of_id") for person in both if person}
        return given | {self.requester_id} | ({self.cost_object.owner_id} if self.cost_object.owner_id else set())

    # -- beats that the acts share -----------------------------------------------------------------------------------------

    def _begin(self, act: str, by: User, key: UUID | None, **facts: Any) -> bool:
        """Lock the request, then its cost object. True when this very form was answered before."""
        self.lock()
        self.cost_object.lock()
        content = content_of(act, request=self.pk, **facts)
        if Receipt.done_before(by, key, content):
            return True
        self._receipt(act, by, key, content)
        return False

    def _lock_pools(self) -> None:
        """After the cost object: what others ask of these pools meanwhile waits, and what they have is read anew."""
        pools = Pool.objects.filter(pk__in=self.asked_lines().values("pool"))
        list(pools.order_by("pk").select_for_update(no_key=True).values_list("pk"))

    def _receipt(self, act: str, by: User, key: UUID | None, content: str) -> None:
        Receipt.objects.create(request_id=self.pk, act=act, by=by, key=key or uuid4(), content=content)

    def _become(self, state: State, verb: str, *, by: User | None, reason: str = "") -> None:
        self.state = state
        if state == State.SUBMITTED:
            self.submitted_at, self.decided_at = self.submitted_at or clock.now(), None
        else:
            self.decided_at = clock.now()
        self.save(update_fields=["state", "submitted_at", "submitted_on", "decided_at", "expires_on"])
        self.record(verb, by=by, reason=reason, total=str(sum(line.amount for line in self.lines_with_pools())))


@prepared
def _lines_with_pools(request: int) -> models.QuerySet[RequestLine]:
    lines = RequestLine.objects.filter(request_id=request).order_by("pool_id", "nature")
    return lines.select_related("pool__department", "pool__year")
