"""The colours of departments on maps and lines; the code beside each says which department it is."""

from initiatives.organization.models import Department

HUES = 12


def hue_of(departments: list[Department]) -> dict[int, int]:
    """A colour for each department, the same for every reader and day: by the order in which they were founded."""
    return {one.pk: place % HUES for place, one in enumerate(sorted(departments, key=lambda one: one.pk))}
