"""Who was let in to a restricted object: guardian's direct foreign-key tables, projected from what people decided.

The truth is elsewhere (guests, named departments, owners); these rows only make it quick to ask.
"""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from initiatives.organization.grants import become

if TYPE_CHECKING:
    from initiatives.journey.models.owned_objects import OwnedObject

VIEW = "view_ownedobject"


class OwnedObjectUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey("journey.OwnedObject", models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        indexes: ClassVar = [models.Index(fields=["content_object", "user"], name="owned_object_guest")]

    def __str__(self) -> str:
        return f"{self.user_id} sees {self.content_object_id}"


class OwnedObjectGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey("journey.OwnedObject", models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        indexes: ClassVar = [models.Index(fields=["content_object", "group"], name="owned_object_guests")]

    def __str__(self) -> str:
        return f"group {self.group_id} sees {self.content_object_id}"


def project(owned: "OwnedObject", *, apply: bool = True) -> list[str]:
    """Make the grants on one object what they should be; say each difference. `apply=False` only compares."""
    people, groups = owned.insiders() if owned.restricted else (set(), set())
    return [
        *become(OwnedObjectUserPermission, VIEW, owned, "user_id", people, apply=apply),
        *become(OwnedObjectGroupPermission, VIEW, owned, "group_id", groups, apply=apply),
    ]
