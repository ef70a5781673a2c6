"""What the portfolio gives to the rooms below: a projection to rebuild, and what happens when a person leaves."""

from django.db.models import Q

from initiatives.organization import departures, projections
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative, InitiativeGroupPermission, InitiativeUserPermission, Involvement
from initiatives.portfolio.models.grants import project


def rebuild_guests(*, check: bool = False) -> list[str]:
    """Make the grants on confidential initiatives again from what people decided; say what differed."""
    tables = (InitiativeUserPermission, InitiativeGroupPermission)
    granted = {pk for table in tables for pk in table.objects.values_list("content_object_id", flat=True)}
    initiatives = Initiative.objects.filter(Q(confidential=True) | Q(pk__in=granted)).order_by("pk")
    return [difference for initiative in initiatives for difference in project(initiative, apply=not check)]


def held_by(person: User, by: User | None) -> departures.Accountable:
    """The parts a person carries and the initiatives they sponsor, as far as `by` may see them."""
    seen = Initiative.objects.all() if by is None else Initiative.objects.visible_to(by)
    parts = Involvement.objects.living().filter(person=person, initiative__in=seen).select_related("initiative").order_by("pk")
    carried = [(f"{part.get_letter_display()}: {part.initiative.reference}", part.initiative) for part in parts]
    sponsored = [(f"Sponsor: {initiative.reference}", initiative) for initiative in seen.filter(sponsor=person).order_by("pk")]
    return [(words, initiative.get_absolute_url()) for words, initiative in (*carried, *sponsored) if not initiative.is_over]


def pass_on(person: User, by: User | None) -> None:
    """Each part that a leaver carried passes to the head of the department, who is asked to name a successor."""
    for part in Involvement.objects.accepted().filter(person=person).select_related("initiative", "department").order_by("pk"):
        if not part.initiative.is_over:
            part.pass_to_steward(by=by, reason=f"{person} left.")


projections.register("guests of confidential initiatives", rebuild_guests)
departures.register(held_by, pass_on)
