"""The numbers by which the map is kept, and how they came to be what they are."""

from typing import Any

from initiatives.journey.models import MapPolicy
from initiatives.journey.policy_words import LABELS, told
from initiatives.organization.models import User

VERSIONS_SHOWN = 20


def policy_page(user: User) -> dict[str, Any]:
    """What is in force, and what was before, newest first."""
    versions = list(MapPolicy.objects.select_related("by").order_by("-pk")[:VERSIONS_SHOWN])
    policy = versions[0] if versions else MapPolicy()
    return {
        "policy": policy,
        "numbers": [(LABELS[name], told(name, getattr(policy, name))) for name in MapPolicy.numbers()],
        "versions": versions,
        "may_keep": user.standing.holds("cxo"),
    }
