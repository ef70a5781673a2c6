"""Who sees an initiative sees what belongs to it."""

from typing import Any, Self, TypeVar

from django.db import models

from initiatives.organization.models import User

Row = TypeVar("Row", bound=models.Model, covariant=True)


class BelongingQuerySet(models.QuerySet[Row]):
    """Rows that have an `initiative`."""

    def visible_to(self, user: User) -> Self:
        """Those whose initiative this person may see."""
        initiatives: Any = self.model._meta.get_field("initiative").related_model
        return self.filter(initiative__in=initiatives.objects.visible_to(user))
