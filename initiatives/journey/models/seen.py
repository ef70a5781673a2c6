"""Who may know of an owned object, and with whom it may leave the building in a file: conditions for every list and count."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from initiatives.journey.models import grants
from initiatives.organization.grants import granted
from initiatives.organization.models import User


def seen(user: User, along: str = "") -> Q:
    """The condition that `user` may know of an owned object; `along` is the way to it: "owned__", "touchpoint__owned__"."""
    standing = user.standing
    if not user.is_active or not standing.anywhere:
        return Q(pk__in=[])
    if standing.sees_everything:
        return Q()
    here = f"{along}pk"
    tables = {"to_people": grants.OwnedObjectUserPermission, "to_groups": grants.OwnedObjectGroupPermission}
    guest = granted(user, grants.VIEW, of=here, **tables)
    departments = apps.get_model("journey", "OwnedObject").departments.through._default_manager
    named = departments.filter(ownedobject_id=OuterRef(here), department_id__in=standing.belongs_to)
    return Q(**{f"{along}restricted": False}) | guest | Q(Exists(named))


def leaves(user: User, along: str = "") -> Q:
    """The condition that it may leave with `user` in a file: restricted, only with who sees everything and its heads."""
    if user.standing.sees_everything:
        return Q()
    return Q(**{f"{along}restricted": False}) | Q(**{f"{along}department__in": user.standing.heads})
