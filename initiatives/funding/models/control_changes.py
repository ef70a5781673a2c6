"""How a pool is kept is changed by two: one person in finance proposes, with a reason, another confirms."""

from typing import Any, ClassVar, Unpack

from django.db import transaction

from initiatives.core.rules import BadInput, RuleBroken, reason_given
from initiatives.funding.models.change_laws import made_by_two
from initiatives.funding.models.changes import Difference, PoolChange, PoolChangeQuerySet, one_by_one
from initiatives.funding.models.keeping import CHOSEN, FIELDS, Asked, Keeping, rising
from initiatives.funding.models.natures import GAVE_ANOTHER_KIND
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.triggers import NEVER_DELETED
from initiatives.organization.models import User

CONFIRM_CONTROL = "funding.confirm_control"
WORDS = {
    "control": "When more is asked than it has",
    "tolerance": "Tolerance",
    "alert_levels": "Alert levels",
    "post_control": "When more is committed or spent than its limit",
    "post_limit": "Limit",
    "post_tolerance": "Tolerance of the limit",
    "seed_limit": "Seed for an initiative, at most",
    "for_departments": "For departments",
    "for_stages": "For stages",
    "for_types": "For types of initiative",
    "nature": "Pays",
}


class ControlChangeQuerySet(PoolChangeQuerySet["ControlChange"]):
    @transaction.atomic
    def propose(
        self, pool: Pool, *, by: User, reason: str, version: int | None = None, **asked: Unpack[Asked]
    ) -> "ControlChange":
        """Write down how the pool shall be kept; the others in finance are asked to confirm it.

        `version` is that of the control which the form showed: Stale is raised when another one holds by now.
        """
        pool.lock(version=version)
        by = User.objects.get(pk=by.pk)
        if obstacle := pool.obstacle_to_control(by):
            raise RuleBroken(obstacle)
        if self.waiting().filter(pool=pool).exists():
            raise RuleBroken("A change of the control of this pool waits already.")
        values: dict[str, Any] = {name: asked.get(name, getattr(pool, name)) for name in FIELDS}
        given = pool.accounts.filter(cost_object__isnull=False, balance__gt=0)
        if values["nature"] and given.exclude(nature=values["nature"]).exists():
            raise RuleBroken(GAVE_ANOTHER_KIND)
        change = self.create(
            pool=pool, by=by, reason=reason_given(reason), **{**values, "for_types": sorted(values["for_types"])}
        )
        for name in CHOSEN:
            getattr(change, name).set(asked.get(name, getattr(pool, name).all()))
        if not change.differences():
            raise BadInput("Nothing is changed by that.")
        change.begin(by)
        return change


class ControlChange(PoolChange, Keeping):
    """How a pool shall be kept from the confirmation on."""

    ASK, NOUN = CONFIRM_CONTROL, "control"

    objects = ControlChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [*one_by_one("control_change"), rising("alert_levels_proposed_rise")]
        triggers: ClassVar = [NEVER_DELETED, made_by_two(*FIELDS)]

    @property
    def shown(self) -> str:
        chosen = [sorted(row.pk for row in getattr(self, name).all()) for name in CHOSEN]
        return f"{self.pool.version} {chosen}"

    def differences(self) -> list[Difference]:
        found = [Difference(words, self.pool.said(name), self.said(name)) for name, words in WORDS.items()]
        return [one for one in found if one.now != one.then]

    def take_effect(self, by: User, facts: dict[str, Any]) -> None:
        self.pool.keep_as(self, by=by, reason=self.reason, **facts)
