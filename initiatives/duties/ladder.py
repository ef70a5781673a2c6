"""To whom an ask goes that nobody answers."""

from datetime import date

from initiatives.duties.models import Obligation
from initiatives.duties.schedule import ESCALATION_STEPS, TO_THE_CXO
from initiatives.organization.calendars import Calendars
from initiatives.organization.models import Role, RoleKind, User


class Ladder:
    """Heads, CXO and CEO as of today, and the working calendars, read once (two queries) and asked about many asks."""

    def __init__(self, calendars: Calendars | None = None, *, names_only: bool = False) -> None:
        """`names_only`: of each person what a page writes; without it they can be asked what they may see."""
        self.calendars = calendars or Calendars.read()
        self.above = self.calendars.above
        self.heads: dict[int, User] = {}
        self.top: dict[str, list[User]] = {RoleKind.CXO: [], RoleKind.CEO: []}
        kinds = [RoleKind.HEAD, RoleKind.CXO, RoleKind.CEO]
        roles = Role.objects.current().held_by_the_active().filter(kind__in=kinds).select_related("person").order_by("pk")
        if names_only:
            roles = roles.only("kind", "department_id", "person__name")
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
        found: list[User] = []
        climbed: set[int] = set()
        while department_id is not None and department_id not in climbed:
            climbed.add(department_id)
            if department_id in self.heads:
                found.append(self.heads[department_id])
            department_id = self.above.get(department_id)
        return found
