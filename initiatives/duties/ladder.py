"""To whom an ask goes that nobody answers."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from initiatives.duties.models import Obligation
from initiatives.duties.schedule import ESCALATION_STEPS, TO_THE_CXO
from initiatives.organization.calendars import Calendars
from initiatives.organization.models import Role, RoleKind, User


class Ladder:
    """Heads, CXO and CEO as of today, and the working calendars, read once (two queries) and asked about many asks."""

    def __init__(self, calendars: Calendars | None = None, *, departments: Iterable[int | None] | None = None) -> None:
        """`departments`: whose asks it will be asked about; without them it knows the heads of all."""
        self.calendars = calendars or Calendars.read()
        self.above = self.calendars.above
        self.heads: dict[int, User] = {}
        self.top: dict[str, list[User]] = {RoleKind.CXO: [], RoleKind.CEO: []}
        kinds = [RoleKind.HEAD, RoleKind.CXO, RoleKind.CEO]
        roles = Role.objects.current().held_by_the_active().filter(kind__in=kinds).select_related("person").order_by("pk")
        if departments is not None:
            climbed = {place for department in set(departments) for place in self._climb(department)}
            roles = roles.filter(Q(department=None) | Q(department__in=climbed))
        for role in roles:
            if role.department_id is not None:
                self.heads[role.department_id] = role.person
            else:
                self.top[role.kind].append(role.person)

    def rungs(self, obligation: Obligation, step: int) -> list[User]:
        """Who is told at this step of escalation, the first who may see it: never the person who is asked."""
        people = [] if step >= TO_THE_CXO else self._heads(obligation.department_id)
        people = [*people, *self.top[RoleKind.CXO], *self.top[RoleKind.CEO]]
        return [person for person in dict.fromkeys(people) if person.pk != obligation.person_id]

    def next_rung(self, obligation: Obligation, today: date) -> tuple[User, date] | None:
        """Who will be told next, and on which day, if nothing happens; None at the end of the ladder."""
        calendar = self.calendars.of(obligation.department_id)
        late = calendar.working_days_between(obligation.due_on, today)
        for step in ESCALATION_STEPS:
            if late < step and (people := self.rungs(obligation, step)):
                return people[0], calendar.working_days_after(obligation.due_on, step)
        return None

    def _heads(self, department_id: int | None) -> list[User]:
        """The head of the department, then those of the departments above it."""
        return [self.heads[place] for place in self._climb(department_id) if place in self.heads]

    def _climb(self, department_id: int | None) -> list[int]:
        """The department, then those above it."""
        climbed: list[int] = []
        while department_id is not None and department_id not in climbed:
            climbed.append(department_id)
            department_id = self.above.get(department_id)
        return climbed
