"""What the journey tells the rooms below: who sees a restricted object."""

from django.db.models import Q

from initiatives.journey.models import OwnedObject, OwnedObjectGroupPermission, OwnedObjectUserPermission
from initiatives.journey.models.grants import project
from initiatives.organization import projections


def rebuild_guests(*, check: bool = False) -> list[str]:
    """Make the grants on restricted objects again from what people decided; say what differed."""
    tables = (OwnedObjectUserPermission, OwnedObjectGroupPermission)
    granted = {pk for table in tables for pk in table.objects.values_list("content_object_id", flat=True)}
    owned = OwnedObject.objects.filter(Q(restricted=True) | Q(pk__in=granted)).order_by("pk")
    return [difference for one in owned for difference in project(one, apply=not check)]


projections.register("guests of restricted objects", rebuild_guests)
