"""Who was let in to a confidential initiative: guardian's direct foreign-key tables, projected from what people decided.

The truth is elsewhere (involvement, named people, sponsor, lead department); these rows only make it quick to ask.
"""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import Permission
from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

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
        *_become(InitiativeUserPermission, "user_id", initiative.pk, people, apply),
        *_become(InitiativeGroupPermission, "group_id", initiative.pk, groups, apply),
    ]


def _become(table: type[models.Model], who: str, initiative: int, wanted: set[int], apply: bool) -> list[str]:
    rows = table._default_manager.filter(content_object_id=initiative, permission__codename=VIEW)
    present = set(rows.values_list(who, flat=True))
    missing, extra = wanted - present, present - wanted
    if apply and extra:
        rows.filter(**{f"{who}__in": extra}).delete()
    if apply and missing:
        view = Permission.objects.get(codename=VIEW, content_type__app_label="portfolio")
        table._default_manager.bulk_create(
            [table(content_object_id=initiative, permission=view, **{who: one}) for one in sorted(missing)],
            ignore_conflicts=True,
        )
    return [
        *(f"initiative {initiative}: {who} {one} lacks the grant" for one in sorted(missing)),
        *(f"initiative {initiative}: {who} {one} has a grant too many" for one in sorted(extra)),
    ]
