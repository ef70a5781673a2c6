"""Rules of the room decisions."""

from initiatives.core.policy import SIGNED_IN, Rule, declare, permission
from initiatives.organization.models import User


@permission("decisions.rank_initiatives")
def rank_initiatives(user: User) -> bool:
    """Arrange the draft and publish it."""
    return user.standing.holds("cxo")


declare(
    Rule("decisions:ranking", "GET", SIGNED_IN, who="everybody; each sees positions among the initiatives that they may see"),
    Rule("decisions:published", "GET", SIGNED_IN, who="everybody; each sees positions among the initiatives that they may see"),
    Rule("decisions:history", "GET", SIGNED_IN, who="everybody"),
    Rule("decisions:draft", "GET POST", "decisions.rank_initiatives", who="CXO"),
    Rule("decisions:publish", "POST", "decisions.rank_initiatives", who="CXO"),
    Rule("decisions:assessments", "GET", "portfolio.view_initiative", "initiative", "who may see the initiative"),
    Rule("decisions:assess", "POST", "portfolio.assess_initiative", "initiative", "CXO"),
)
