"""The numbers by which the map is kept, and how they came to be what they are."""

from typing import Any

from initiatives.core.models import Event
from initiatives.journey.models import MapPolicy
from initiatives.organization.models import User

VERSIONS_SHOWN = 20


def policy_page(user: User) -> dict[str, Any]:
    """What is in force, and what was before, newest first."""
    versions = list(MapPolicy.objects.select_related("by").order_by("-pk")[:VERSIONS_SHOWN])
    policy = versions[0] if versions else MapPolicy()
    words = {field.name: str(field.verbose_name) for field in MapPolicy._meta.concrete_fields}
    return {
        "policy": policy,
        "numbers": [(words[name].capitalize(), getattr(policy, name)) for name in MapPolicy.numbers()],
        "versions": versions,
        "events": Event.objects.filter(verb="journey.mappolicy.set").newest_first()[:VERSIONS_SHOWN],
        "may_keep": user.standing.holds("cxo"),
    }
