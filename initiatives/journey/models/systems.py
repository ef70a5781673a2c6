"""The register of systems: applications and databases that hold customers' data."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pgtrigger
from django.db import models, transaction
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When

from initiatives.core import clock
from initiatives.core.money import checked
from initiatives.core.rules import BadInput, RuleBroken, reason_given, says
from initiatives.journey.models.map import Stage, Touchpoint
from initiatives.journey.models.ownable import Ownable, OwnableQuerySet
from initiatives.journey.models.system_words import RUNNING, Course, Lifecycle
from initiatives.journey.models.words import Kind
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY, purview

if TYPE_CHECKING:
    from initiatives.journey.models.flows import Flow


def may_register(user: User) -> bool:
    """The CXO, and heads and deputies of any department."""
    return user.standing.holds("cxo") or bool(user.standing.heads)


class SystemQuerySet(OwnableQuerySet):
    def running(self) -> Self:
        """Those that hold data today: neither planned nor retired."""
        return self.filter(lifecycle__in=RUNNING)

    def with_cost_open_to(self, user: User) -> Self:
        """With `cost_is_open`, as `System.cost_open_to` says it, and `open_cost`: None where it is withheld or unknown."""
        may = Q(owned__department__in=purview(user)) | Q(owned__person=user)
        if may_register(user):
            may |= Q(owned__department=None, created_by=user)
        is_open = Value(True) if user.standing.holds(*SEE_ALL_MONEY) else Case(When(may, then=True), default=False)
        found = self.annotate(cost_is_open=ExpressionWrapper(is_open, models.BooleanField()))
        return found.annotate(open_cost=Case(When(cost_is_open=True, then=F("yearly_cost"))))

    @transaction.atomic
    def register(
        self, *, by: User, stages: Iterable[Stage] = (), touchpoints: Iterable[Touchpoint] = (), **values: Any
    ) -> "System":
        """Enter a system; nobody owns it until a department has accepted."""
        if not may_register(by):
            raise RuleBroken("Only the CXO and heads of departments register systems.")
        system: System = self.model(created_by=by)
        system.take(values)
        system.save()
        system.stages.set(stages)
        system.touchpoints.set(touchpoints)
        system.record("registered", by=by, reference=system.reference, title=system.title)
        return system


class System(Ownable):
    """An application or database that holds customers' data.

    capability   the discipline that it serves: "CRM", "survey", "telephony"
    yearly_cost  in the company's currency; None: nobody has said
    course       what the company intends with it
    """

    KIND = Kind.SYSTEM
    PREFIX = "SYS"
    EDITABLE = ("title", "description", "capability", "vendor", "yearly_cost", "lifecycle", "course")

    description = models.TextField(max_length=5_000, blank=True)
    capability = models.CharField(max_length=80, blank=True)
    vendor = models.CharField(max_length=120, blank=True)
    yearly_cost = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    lifecycle = models.CharField(max_length=10, choices=Lifecycle, default=Lifecycle.IN_USE)
    course = models.CharField(max_length=10, choices=Course, default=Course.SUSTAIN)
    stages = models.ManyToManyField(Stage, blank=True, related_name="systems")
    touchpoints = models.ManyToManyField(Touchpoint, blank=True, related_name="systems")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SystemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(lifecycle__in=Lifecycle.values), name=says("system_lifecycle", "There is no such lifecycle.")
            ),
            models.CheckConstraint(condition=Q(course__in=Course.values), name=says("system_course", "There is no such course.")),
            models.CheckConstraint(
                condition=Q(yearly_cost=None) | Q(yearly_cost__gte=0),
                name=says("system_cost_not_negative", "A cost is never negative."),
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    @property
    def is_retired(self) -> bool:
        return self.lifecycle == Lifecycle.RETIRED

    # -- Who may ----------------------------------------------------------------------------------------------------------

    def may_edit(self, user: User) -> bool:
        """The CXO, the accountable person, head and deputies of the owning department; of what nobody owns, who entered it."""
        owned = self.owned
        if user.standing.holds("cxo") or user.pk == owned.person_id or user.standing.heads_department(owned.department_id):
            return True
        return owned.department_id is None and self.created_by_id == user.pk and may_register(user)

    def cost_open_to(self, user: User) -> bool:
        """Whether the person may read what it costs: who sees all money, who leads the owning department, who may edit it."""
        return user.standing.holds(*SEE_ALL_MONEY) or self.owned.department_id in purview(user) or self.may_edit(user)

    # -- Acts -------------------------------------------------------------------------------------------------------------

    def take(self, values: Mapping[str, Any]) -> None:
        """Take on what was typed; BadInput for what cannot be edited or stored."""
        if unknown := set(values) - set(self.EDITABLE):
            raise BadInput(f"These cannot be edited: {', '.join(sorted(unknown))}.")
        if (cost := values.get("yearly_cost")) is not None:
            try:
                checked(cost, zero=True)
            except ValueError as error:
                raise BadInput(str(error)) from error
        if values.get("lifecycle") == Lifecycle.RETIRED:
            raise RuleBroken("A system is retired by the act “Retire”, which looks at what still hangs on it.")
        for name, value in values.items():
            setattr(self, name, value)

    def obstacle_to_edit(self, by: User | None = None) -> str | None:
        """Say in one sentence why the register's entry cannot be changed, or None."""
        if by is not None and not self.may_edit(by):
            return f"Only the CXO and who owns {self.reference} can change it."
        return f"{self.reference} is retired: it is kept as it was." if self.is_retired else None

    @transaction.atomic
    def edit(
        self,
        values: Mapping[str, Any],
        *,
        stages: Iterable[Stage] | None = None,
        touchpoints: Iterable[Touchpoint] | None = None,
        version: int,
        by: User,
    ) -> None:
        """Change the entry. Of the touchpoints, those that `by` may not see stay as they are."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_edit(by):
            raise RuleBroken(obstacle)
        self.take(values)
        self.version += 1
        self.save(update_fields=[*values, "version"])
        more: dict[str, Any] = {}
        if stages is not None:
            more["stages"] = replaced(self.stages, stages, by)
        if touchpoints is not None:
            more["touchpoints"] = replaced(self.touchpoints, touchpoints, by)
        self.record("edited", by=by, **more)

    def obstacle_to_retire(self, by: User | None = None) -> str | None:
        if obstacle := self.obstacle_to_edit(by):
            return obstacle
        if held := self.cells.living().records().filter(claimed=False).select_related("entity").first():
            name = held.entity.title if by is None or held.entity.owned.seen_by(by) else "data that are not yours to see"
            return f"{self.reference} is still the system of record of {name}. Name another one first."
        return None

    @transaction.atomic
    def retire(self, *, by: User, reason: str) -> None:
        """Take the system out of the register of what is in use: its copies, claims and flows end today."""
        self.lock()
        if obstacle := self.obstacle_to_retire(by):
            raise RuleBroken(obstacle)
        reason = reason_given(reason)
        self.lifecycle = Lifecycle.RETIRED
        self.version += 1
        self.save(update_fields=["lifecycle", "version"])
        self.cells.living().update(ended_at=clock.now())
        flows: list[Flow] = [*self.flows_out.living(), *self.flows_in.living()]
        for flow in flows:
            flow.finish(by=by, reason=reason)
        self.owned.go_out_of_use(by=by, reason=f"{self.reference} is retired.")
        self.record("retired", by=by, reason=reason)


def replaced(served: Any, wanted: Iterable[Ownable], by: User) -> list[list[str]]:
    """Make what is served `wanted`, but leave what `by` may not see; the references before and after."""
    before = sorted(served.values_list("reference", flat=True))
    hidden = served.exclude(pk__in=served.visible_to(by).values("pk"))
    served.set([*wanted, *hidden])
    return [before, sorted(served.values_list("reference", flat=True))]
