"""What an object is follows from its handshakes, in one place."""

from datetime import date, timedelta

from initiatives.core import clock
from initiatives.journey.models import asking
from initiatives.journey.models.map import MapPolicy
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.words import State
from initiatives.organization.calendars import Calendar


def next_attestation(calendar: Calendar) -> date:
    """The day by which what is accepted or attested today must be attested again: one on which its department works."""
    return calendar.working_day_from(clock.company_day() + timedelta(days=MapPolicy.objects.current().attest_days))


def settle(owned: OwnedObject, *, ruled: bool = False) -> None:
    """Take on the state that the handshakes say, inside the act that changed one. The row is locked before.

    accepted → owned; a succession waits → vacant, kept by the head; somebody is asked → proposed; else unowned.
    What is contested stays so until it is `ruled`.
    """
    before = owned.person
    if owned.state == State.CONTESTED and not ruled:
        owned.project_grants()
    elif accepted := owned.ownerships.accepted().select_related("department", "person").first():
        if (owned.state, owned.department_id, owned.person_id) != (State.OWNED, accepted.department_id, accepted.person_id):
            attest_by = next_attestation(Calendar.of(accepted.department))
            owned.become(State.OWNED, department=accepted.department, person=accepted.person, attest_by=attest_by)
        owned.project_grants()
    else:
        _nobody_owns(owned)
    if before is not None and before.pk != owned.person_id:
        asking.ask_to_attest(before, by=None)


def _nobody_owns(owned: OwnedObject) -> None:
    waiting = owned.ownerships.waiting()
    if after := waiting.filter(succession=True).select_related("department").first():
        steward = next(iter(after.department.deciders()), None)
        if (owned.state, owned.department_id, owned.steward_id) != (State.VACANT, after.department_id, steward and steward.pk):
            owned.become(State.VACANT, department=after.department, steward=steward)
        owned.project_grants()
        return
    state = State.PROPOSED if waiting.exists() else State.UNOWNED
    if owned.state != state:
        kept = owned.state in (State.UNOWNED, State.PROPOSED)  # who was chosen by a call keeps it until somebody accepts
        owned.become(state, steward=owned.steward if kept else None)
    owned.project_grants()
