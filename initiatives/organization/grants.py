"""The only door to django-guardian: what is granted to one person or one department's stewards on one object.

Guardian's own shortcuts are not used (docs/ACCESS.md): they honour model-wide permissions, answer for inactive people,
and their generic tables outlive the object. Here: direct foreign-key tables, active people only, groups by today's roles.
"""

from typing import TYPE_CHECKING

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from initiatives.organization.models import User


def granted(
    user: "User",
    codename: str,
    *,
    to_people: type[models.Model],
    to_groups: type[models.Model],
    of: str = "pk",
) -> Q:
    """A condition on a model's rows: `codename` was granted on the row to this person or to a group held today.

    `of` is the way from the row to what the grant is on, when that is another row: "owned__pk".
    """
    if not user.is_active:
        return Q(pk__in=[])
    here = {"content_object_id": OuterRef(of), "permission__codename": codename}
    mine = Exists(to_people._default_manager.filter(user_id=user.pk, **here))
    if not user.standing.groups:
        return Q(mine)
    ours = Exists(to_groups._default_manager.filter(group_id__in=user.standing.groups, **here))
    return Q(mine) | Q(ours)


def become(
    table: type[models.Model], codename: str, on: models.Model, who: str, wanted: set[int], *, apply: bool = True
) -> list[str]:
    """Make the grants of `codename` on one object those to `wanted`; say each difference. `apply=False` only compares.

    `who` names the grantee's column: "user_id" or "group_id".
    """
    rows = table._default_manager.filter(content_object_id=on.pk, permission__codename=codename)
    present = set(rows.values_list(who, flat=True))
    missing, extra = wanted - present, present - wanted
    if apply and extra:
        rows.filter(**{f"{who}__in": extra}).delete()
    if apply and missing:
        view = Permission.objects.get(codename=codename, content_type__app_label=on._meta.app_label)
        table._default_manager.bulk_create(
            [table(content_object_id=on.pk, permission=view, **{who: one}) for one in sorted(missing)],
            ignore_conflicts=True,
        )
    what = f"{on._meta.verbose_name} {on.pk}"
    return [
        *(f"{what}: {who} {one} lacks the grant" for one in sorted(missing)),
        *(f"{what}: {who} {one} has a grant too many" for one in sorted(extra)),
    ]
