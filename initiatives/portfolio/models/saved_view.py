"""A named way of looking at the portfolio: filters, sort, grouping and columns, as the query of its URL."""

from typing import ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from initiatives.core import clock
from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, says
from initiatives.organization.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and what colleagues share."""
        return self.filter(Q(owner=user) | Q(shared=True)) if user.is_active else self.none()

    def in_order(self) -> Self:
        return self.order_by(Lower("name"), "id")

    @transaction.atomic
    def keep(self, name: str, query: str, *, by: User, shared: bool = False) -> "SavedView":
        """Save what a person looks at under a name of their own."""
        if self.filter(owner=by, name__iexact=name).exists():
            raise RuleBroken(f"You have a view “{name}” already. Choose another name, or delete that one.")
        view = self.create(owner=by, name=name, query=query, shared=shared)
        view.record("saved", by=by, name=name)
        return view


class SavedView(Recorded):
    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1_000, blank=True)  # normalised by filters.py: "status=active&sort=-end"
    shared = models.BooleanField(default=False)
    saved_at = models.DateTimeField(default=clock.now)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "owner", Lower("name"), name=says("one_view_per_name", "You have a view of this name already.")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('portfolio:list')}?{self.query}"

    @transaction.atomic
    def rename(self, name: str, *, by: User, shared: bool) -> None:
        """Give the view another name, and say whether colleagues see it."""
        self.lock()
        if type(self).objects.filter(owner=self.owner, name__iexact=name).exclude(pk=self.pk).exists():
            raise RuleBroken(f"You have a view “{name}” already.")
        self.name, self.shared = name, shared
        self.save(update_fields=["name", "shared"])
        self.record("renamed", by=by)

    @transaction.atomic
    def discard(self, *, by: User) -> None:
        """Delete the view: it holds a way of looking, nothing that was decided."""
        self.lock()
        self.record("discarded", by=by, name=self.name)
        self.delete()
