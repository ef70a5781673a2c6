"""Departments merge, split or close: what they led and their parts in initiatives pass on; the parts they had stay as ended."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from initiatives.duties.models import Obligation
from initiatives.organization.models import Department, Role, User
from initiatives.portfolio.models import asking
from initiatives.portfolio.models.benefit_owner import BenefitOwner
from initiatives.portfolio.models.initiative import Initiative
from initiatives.portfolio.models.involvement import Involvement
from initiatives.portfolio.models.words import OVER, Letter, State


def work_of(department: Department) -> QuerySet[Initiative]:
    """The initiatives that are not over, which the department leads, takes part in, or whose benefit it owns."""
    parts = Involvement.objects.living().filter(department=department).values("initiative")
    benefits = BenefitOwner.objects.living().filter(department=department).values("initiative")
    mine = Q(lead_department=department) | Q(pk__in=parts) | Q(pk__in=benefits)
    return Initiative.objects.filter(mine).exclude(status__in=OVER).order_by("pk")


def pass_to(department: Department, heir: Department, only: Collection[int] | None, by: User | None, reason: str) -> None:
    """In these initiatives (None: all of its work) the other department takes its place, with the same person if they moved."""
    rows = work_of(department)
    for initiative in rows if only is None else rows.filter(pk__in=list(only)):
        initiative.lock()
        if initiative.lead_department_id == department.pk:
            initiative.lead_department = heir
            initiative.save(update_fields=["lead_department"])
        for part in Involvement.objects.living().filter(initiative_id=initiative.pk, department=department).order_by("pk"):
            _pass_part(part, initiative, heir, by, reason)
        for owner in BenefitOwner.objects.living().filter(initiative_id=initiative.pk, department=department).order_by("-state"):
            owner.initiative = initiative
            owner.pass_to(heir, by=by, reason=reason)
        initiative.keep_cost_object()
        initiative.project_grants()
        initiative.record("passed_on", by=by, reason=reason, department=heir.name)


def department_closed(department: Department, by: User | None, reason: str) -> None:
    """The department above takes its place; where none stands above, its initiatives stay as they are."""
    if department.parent is not None:
        pass_to(department, department.parent, None, by, reason)


def _pass_part(part: Involvement, initiative: Initiative, heir: Department, by: User | None, reason: str) -> None:
    part.lock()
    accepted = part.state == State.ACCEPTED
    part.state, part.reason = State.ENDED, reason
    part.save(update_fields=["state", "reason"])
    Obligation.objects.excuse(None, part, by=by, reason=reason)
    new = _taken_over(part, heir, accepted)
    if accepted and part.letter == Letter.ACCOUNTABLE:
        initiative.answers_with(heir if new else None, new.person if new else None, by=by)
    if new is not None and not accepted:
        asking.ask_to_accept(new, by=by)


def _taken_over(part: Involvement, heir: Department, accepted: bool) -> Involvement | None:
    """The same part of the other department; None when it has or is asked for this part already, or nobody can carry it."""
    moved = part.person is not None and Role.objects.current().filter(person=part.person, department=heir).exists()
    person = part.person if moved else next(iter(heir.deciders()), None) if accepted else None
    same = {"initiative_id": part.initiative_id, "department": heir, "letter": part.letter}
    if Involvement.objects.living().filter(**same).exists() or (accepted and person is None):
        return None
    kept = {name: getattr(part, name) for name in ("proposed_by", "proposed_at", "answered_by", "answered_at")}
    state = State.ACCEPTED if accepted else State.PROPOSED
    return Involvement.objects.create(**same, person=person, state=state, **kept)
