"""Asked of the CEO: who owns what three departments have refused."""

from initiatives.duties.kinds import ask_about
from initiatives.journey.models import OwnedObject, orphans
from initiatives.journey.models.orphans import DECIDE, obstacle_to_assign
from initiatives.organization.models import User


def may_still_decide(user: User, ids: set[int]) -> set[int]:
    waiting = OwnedObject.objects.visible_to(user).filter(pk__in=ids)
    return {owned.pk for owned in waiting if obstacle_to_assign(owned, user) is None}


ask_about(OwnedObject.objects, DECIDE, "Owner to decide", may_still_decide)
orphans.register()
