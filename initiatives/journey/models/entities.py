"""Data entities, and what each system does with them: the matrix that says where the truth about a customer stands."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import pgtrigger
from django.db import models, transaction

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, reason_given
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.matrix import MatrixCell
from initiatives.journey.models.ownable import Ownable, OwnableQuerySet
from initiatives.journey.models.system_words import EVERYWHERE, STANDARD_ENTITIES, DataRole
from initiatives.journey.models.systems import System, replaced
from initiatives.journey.models.words import Kind
from initiatives.organization.models import User


class DataEntityQuerySet(OwnableQuerySet):
    @transaction.atomic
    def define(self, title: str, *, by: User, description: str = "", context: bool = False) -> "DataEntity":
        """A new kind of data about customers."""
        if not by.standing.holds("cxo"):
            raise RuleBroken("Only the CXO says which data entities there are.")
        entity: DataEntity = self.model(title=title, description=description, context=context)
        entity.save()
        entity.record("defined", by=by, reference=entity.reference, title=title)
        return entity

    @transaction.atomic
    def define_standard(self, *, by: User) -> "list[DataEntity]":
        """The nine that every company has, without those whose title is in use; they can be edited like any other."""
        known = {title.casefold() for title in self.in_use().values_list("title", flat=True)}
        missing = [line for line in STANDARD_ENTITIES if line[0].casefold() not in known]
        return [self.define(title, by=by, description=words, context=context) for title, words, context in missing]


class DataEntity(Ownable):
    """One kind of data about customers.

    context    whoever serves the customer next needs it, unless the touchpoint says itself what it needs (`needed_at`)
    needed_at  touchpoints that name it as what they need to know
    """

    KIND = Kind.ENTITY
    PREFIX = "ENT"
    EDITABLE = ("title", "description", "context")

    description = models.TextField(max_length=2_000, blank=True)
    context = models.BooleanField("needed at every contact", default=False)
    needed_at = models.ManyToManyField(Touchpoint, blank=True, related_name="needs")

    objects = DataEntityQuerySet.as_manager()

    class Meta:
        triggers: ClassVar = [pgtrigger.Protect(name="keep", operation=pgtrigger.Delete)]

    def may_edit(self, user: User) -> bool:
        """The CXO, the accountable person, head and deputies of the owning department."""
        owned = self.owned
        return user.standing.holds("cxo") or user.pk == owned.person_id or user.standing.heads_department(owned.department_id)

    def obstacle_to_edit(self, by: User | None = None) -> str | None:
        if by is not None and not self.may_edit(by):
            return f"Only the CXO and who owns {self.reference} can change it."
        return None

    @transaction.atomic
    def edit(self, values: Mapping[str, Any], *, needed_at: Collection[Touchpoint] | None = None, version: int, by: User) -> None:
        """Change what it is. Of the touchpoints that need it, those that `by` may not see stay as they are."""
        self.lock(version=version)
        if obstacle := self.obstacle_to_edit(by):
            raise RuleBroken(obstacle)
        if unknown := set(values) - set(self.EDITABLE):
            raise BadInput(f"These cannot be edited: {', '.join(sorted(unknown))}.")
        for name, value in values.items():
            setattr(self, name, value)
        self.version += 1
        self.save(update_fields=[*values, "version"])
        more: dict[str, Any] = {} if needed_at is None else {"needed_at": replaced(self.needed_at, needed_at, by)}
        self.record("edited", by=by, **more)

    # -- The matrix -------------------------------------------------------------------------------------------------------

    def may_assign(self, system: System, user: User) -> bool:
        """Who may say what the system does with these data: who may edit the one or the other."""
        return self.may_edit(user) or system.may_edit(user)

    def obstacle_to_assign(self, system: System, by: User | None = None) -> str | None:
        if by is not None and not self.may_assign(system, by):
            return f"Only the CXO and who owns {self.reference} or {system.reference} says what it does with these data."
        return f"{system.reference} is retired." if system.is_retired else None

    @transaction.atomic
    def assign(self, system: System, roles: Collection[str], *, by: User, region: str = EVERYWHERE) -> None:
        """Say which roles the system has for these data in the region: these and no others.

        Where another system is the system of record already, a second one is only claimed: a conflict, until it is ruled.
        """
        self._lock_with_systems(system)
        if obstacle := self.obstacle_to_assign(system, by):
            raise RuleBroken(obstacle)
        if not set(roles) <= set(DataRole.values):
            raise BadInput("There is no such role.")
        region = region.upper()
        mine = self.cells.living().filter(system=system, region=region)
        before = sorted(mine.values_list("role", flat=True))
        for role in sorted(set(roles) - set(before)):
            self.hold(system, role, region)
        if DataRole.RECORD in before and DataRole.RECORD not in roles:
            self.release(mine.get(role=DataRole.RECORD))
        mine.exclude(role__in=roles).update(ended_at=clock.now())
        self.record("assigned", by=by, system=system.reference, region=region, roles=[before, sorted(set(roles))])

    def hold(self, system: System, role: str, region: str) -> None:
        """Enter one role; a second system of record is entered as a claim."""
        claimed = role == DataRole.RECORD and self.cells.living().records().filter(region=region, claimed=False).exists()
        MatrixCell.objects.create(entity=self, system=system, role=role, region=region, claimed=claimed)

    def release(self, cell: MatrixCell) -> None:
        """End a system of record. Of the claims on its place the oldest one takes it: nobody speaks against it any more."""
        cell.ended_at = clock.now()
        cell.save(update_fields=["ended_at"])
        rivals = self.cells.living().records().filter(region=cell.region)
        if not cell.claimed and (heir := rivals.filter(claimed=True).order_by("pk").first()):
            heir.claimed = False
            heir.save(update_fields=["claimed"])

    def _lock_with_systems(self, system: System | None = None) -> None:
        """Lock the entity, then its systems in order: a system that is being retired gains no role meanwhile."""
        self.lock()
        keys = set(self.cells.living().values_list("system_id", flat=True)) | ({system.pk} if system else set())
        list(System.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True).values_list("pk"))
        if system is not None:
            system.lock()

    def may_rule(self, user: User, rivals: Collection[MatrixCell]) -> bool:
        """The CXO; head and deputies of the owning department, unless it owns one of the rival systems as well."""
        if user.standing.holds("cxo"):
            return True
        mine = self.owned.department_id
        return user.standing.heads_department(mine) and all(rival.system.owned.department_id != mine for rival in rivals)

    def obstacle_to_rule(self, cell: MatrixCell, by: User | None = None) -> str | None:
        rivals = cell.rivals()
        if cell.ended_at is not None or len(rivals) < 2:
            return "There is nothing to rule: one system of record at most is named."
        if by is not None and not self.may_rule(by, rivals):
            return f"Only the CXO, or the owner of {self.reference} where none of the rival systems is theirs, rules on this."
        return None

    @transaction.atomic
    def rule(self, cell: MatrixCell, *, by: User, reason: str) -> None:
        """Settle who is the system of record in this region: `cell` is; its rivals keep a replica."""
        self._lock_with_systems()
        cell.refresh_from_db()
        if obstacle := self.obstacle_to_rule(cell, by):
            raise RuleBroken(obstacle)
        reason = reason_given(reason)
        rivals = self.cells.living().records().filter(region=cell.region).exclude(pk=cell.pk)
        losers = [rival.system for rival in rivals.select_related("system")]
        rivals.update(ended_at=clock.now())
        cell.claimed = False
        cell.save(update_fields=["claimed"])
        for system in losers:
            if not self.cells.living().filter(system=system, role=DataRole.REPLICA, region=cell.region).exists():
                self.hold(system, DataRole.REPLICA, cell.region)
        names = {"system": cell.system.reference, "against": [system.reference for system in losers]}
        self.record("ruled", by=by, reason=reason, region=cell.region, **names)
