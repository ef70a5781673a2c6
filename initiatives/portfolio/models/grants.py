"""Who was let in to a confidential initiative: guardian's direct foreign-key tables, projected from what people decided.

The truth is elsewhere (involvement, named people, sponsor, lead department); these rows only make it quick to ask.
"""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from initiatives.organization.grants import become

if TYPE_CHECKING:
    from initiatives.portfolio.models.guarded import Guarded

VIEW = "view_initiative"


class InitiativeUserPermission(UserObjectPermissionBase):
    content_object = models.ForeignKey("portfolio.Initiative", models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        indexes: ClassVar = [models.Index(fields=["content_object", "user"], name="initiative_guest")]

    def __str__(self) -> str:
        return f"{self.user_id} sees {self.content_object_id}"


class InitiativeGroupPermission(GroupObjectPermissionBase):
    content_object = models.ForeignKey("portfolio.Initiative", models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        indexes: ClassVar = [models.Index(fields=["content_object", "group"], name="initiative_guests")]

    def __str__(self) -> str:
        return f"group {self.group_id} sees {self.content_object_id}"


def project(initiative: "Guarded", *, apply: bool = True) -> list[str]:
    """Make the grants on one initiative what they should be; say each difference. `apply=False` only compares."""
    people, groups = initiative.insiders() if initiative.confidential else (set(), set())
    return [
        *become(InitiativeUserPermission, VIEW, initiative, "user_id", people, apply=apply),
        *become(InitiativeGroupPermission, VIEW, initiative, "group_id", groups, apply=apply),
    ]
