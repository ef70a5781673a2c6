"""The only door to django-guardian: what is granted to one person or one department's stewards on one object.

Guardian's own shortcuts are not used (docs/ACCESS.md): they honour model-wide permissions, answer for inactive people,
and their generic tables outlive the object. Here: direct foreign-key tables, active people only, groups by today's roles.
"""

from typing import TYPE_CHECKING

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
) -> Q:
    """A condition on a model's rows: `codename` was granted on the row to this person or to a group held today."""
    if not user.is_active:
        return Q(pk__in=[])
    here = {"content_object_id": OuterRef("pk"), "permission__codename": codename}
    mine = Exists(to_people._default_manager.filter(user_id=user.pk, **here))
    if not user.standing.groups:
        return Q(mine)
    ours = Exists(to_groups._default_manager.filter(group_id__in=user.standing.groups, **here))
    return Q(mine) | Q(ours)
