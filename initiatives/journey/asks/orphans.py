"""Asked of the CEO: who owns what three departments have refused."""

from initiatives.duties.kinds import Kind, register
from initiatives.journey.asks.ownership import owned_objects
from initiatives.journey.models import OwnedObject, orphans
from initiatives.journey.models.orphans import DECIDE, obstacle_to_assign
from initiatives.organization.models import User


def may_still_decide(user: User, ids: set[int]) -> set[int]:
    waiting = OwnedObject.objects.visible_to(user).filter(pk__in=ids)
    return {owned.pk for owned in waiting if obstacle_to_assign(owned, user) is None}


register(
    Kind(
        name=DECIDE,
        words="Owner to decide",
        template="",
        still=may_still_decide,
        visible=lambda user: OwnedObject.objects.visible_to(user),
        subjects=owned_objects,
        announced=True,
    )
)
orphans.register()
