"""Who may say which department takes which part in the facets of a touchpoint."""

from initiatives.core.policy import Rule, declare, permission
from initiatives.journey.models import Touchpoint
from initiatives.journey.models.facets import may_arrange
from initiatives.organization.models import User

ARRANGERS = "the CXO; the owner in person, the owner of its stage, head and deputies of the department that owns it"


@permission("journey.arrange")
def arrange(user: User, touchpoint: Touchpoint) -> bool:
    """The CXO; who owns the touchpoint or what stands above it."""
    return may_arrange(user, touchpoint) and touchpoint.owned.seen_by(user)


@permission("journey.view_split")
def view_split(user: User) -> bool:
    """Everybody with a role, of what they may see."""
    return user.standing.anywhere


declare(
    Rule("journey:facets", "GET POST", "journey.arrange", of="touchpoint", who=ARRANGERS),
    Rule("journey:add_facet", "POST", "journey.arrange", of="touchpoint", who=ARRANGERS),
    Rule("journey:split", "GET", "journey.view_split", who="everybody with a role; restricted ones, their insiders"),
)
