"""What the journey tells the rooms below: who sees a restricted object, what a leaver owned and who keeps it now."""

from django.db.models import Q

from initiatives.journey.models import OwnedObject, OwnedObjectGroupPermission, OwnedObjectUserPermission, Ownership
from initiatives.journey.models.grants import project
from initiatives.journey.models.succession import department_closed, pass_to, person_left, role_ended
from initiatives.organization import departures, projections, reorganization
from initiatives.organization.models import Department, User


def rebuild_guests(*, check: bool = False) -> list[str]:
    """Make the grants on restricted objects again from what people decided; say what differed."""
    tables = (OwnedObjectUserPermission, OwnedObjectGroupPermission)
    granted = {pk for table in tables for pk in table.objects.values_list("content_object_id", flat=True)}
    owned = OwnedObject.objects.filter(Q(restricted=True) | Q(pk__in=granted)).order_by("pk")
    return [difference for one in owned for difference in project(one, apply=not check)]


def owned_by(person: User, by: User | None) -> departures.Accountable:
    """What a person owns or keeps as a steward, as far as `by` may see it."""
    seen = OwnedObject.objects.all() if by is None else OwnedObject.objects.visible_to(by)
    held = seen.in_use().held_by(person).order_by("pk")
    return [
        (f"{'Owns' if owned.person_id == person.pk else 'Keeps'} {owned.reference}", owned.get_absolute_url()) for owned in held
    ]


def held_by(department: Department, by: User) -> reorganization.Held:
    """What a department owns, keeps or is asked for, as far as `by` may see it."""
    rows = Ownership.objects.visible_to(by).living().filter(department=department).order_by("owned_id", "-answer")
    names = rows.values_list("owned", "owned__reference", "owned__name")
    return list({number: f"{reference} {name}" for number, reference, name in names}.items())


projections.register("guests of restricted objects", rebuild_guests)
departures.register(owned_by, person_left)
departures.when_role_ends(role_ended)
reorganization.register(reorganization.Holder("journey", held_by, pass_to, department_closed))
