"""Whose money a person watches over: along the tree of departments."""

from collections.abc import Collection

from initiatives.organization.models import Department, User

SEE_ALL_MONEY = ("cxo", "ceo", "finance", "auditor")


def purview(user: User) -> frozenset[int]:
    """Ids of the departments that the person leads as head or deputy, and of all departments below them.

    Like the standing that it follows from, it is read once for each instance of the user: a request, a task.
    """
    known: frozenset[int] | None = user.__dict__.get("_purview")
    if known is None:
        known = user.__dict__["_purview"] = departments_below(user.standing.heads)
    return known


def departments_below(ids: Collection[int]) -> frozenset[int]:
    """These departments and all below them."""
    found = set(ids)
    if found:
        children: dict[int | None, list[int]] = {}
        for department, parent in Department.objects.parents().items():
            children.setdefault(parent, []).append(department)
        queue = list(found)
        while queue:
            below = [child for child in children.get(queue.pop(), []) if child not in found]
            found.update(below)
            queue.extend(below)
    return frozenset(found)
