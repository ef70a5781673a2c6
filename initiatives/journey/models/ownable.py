"""The base of everything that can be owned: each such row has an OwnedObject beside it."""

from typing import Any, ClassVar, Self

from django.db import connection, models
from django.db.models import Count, Q, Sum

from initiatives.core.models import Recorded
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.seen import leaves, seen
from initiatives.journey.models.words import Kind, State
from initiatives.organization.models import User


def next_reference(prefix: str) -> str:
    """The next of TP-001, TP-002 …, drawn from a sequence of the database (migration 0001)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT journey_next_reference(%s)", [prefix])
        return str(cursor.fetchone()[0])


class OwnableQuerySet(models.QuerySet[Any]):
    """The querysets of everything that has an OwnedObject."""

    def visible_to(self, user: User) -> Self:
        """What `user` may know of."""
        return self.filter(seen(user, "owned__"))

    def exportable_by(self, user: User) -> Self:
        """Of what `user` sees, what may leave the building with them."""
        return self.filter(leaves(user, "owned__"))

    def in_use(self) -> Self:
        return self.filter(owned__archived_on=None)

    def tally(self) -> dict[str, Any]:
        """How many there are, how many of them are owned, and their weight, in one query."""
        with_owner = Count("pk", filter=Q(owned__state=State.OWNED))
        return self.order_by().aggregate(count=Count("pk"), with_owner=with_owner, weight=Sum("owned__weight"))


class Ownable(Recorded):
    """Base of what can be owned. `reference` and `title` stand here and, for lists of all kinds, on the owned object."""

    KIND: ClassVar[Kind]
    PREFIX: ClassVar[str]

    owned = models.OneToOneField(OwnedObject, models.PROTECT, related_name="%(class)s", editable=False)
    reference = models.CharField(max_length=40, unique=True, editable=False)
    title = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return self.owned.get_absolute_url()

    def name_reference(self) -> str:
        """The reference of a new one."""
        return next_reference(self.PREFIX)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.owned_id is None:
            self.reference = self.reference or self.name_reference()
            self.owned = OwnedObject.objects.create(kind=self.KIND, reference=self.reference, name=self.title)
            self.owned.remember()
        elif self.owned.name != self.title:
            self.owned.name = self.title
            self.owned.save(update_fields=["name"])
        super().save(*args, **kwargs)
