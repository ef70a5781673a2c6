"""How strictly a pool is kept: what may be asked of it, by whom, and who may let a request pass all the same."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import pgtrigger
from django.db import models, transaction

from initiatives.core import clock
from initiatives.core.models import APPEND_ONLY
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.core.triggers import update_of, with_refusals
from initiatives.funding import above
from initiatives.funding.models.keeping import Control
from initiatives.funding.models.natures import Nature
from initiatives.funding.models.papers import parts_of
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import may_post
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.funding.models.cost_objects import CostObject
    from initiatives.funding.models.deciding import Deciding
    from initiatives.funding.models.papers import RequestLine


class Finding(NamedTuple):
    """What the control of one pool says about what is asked of it: in words, and whether it stops the request."""

    pool: Pool
    words: str
    stops: bool
    lifted: bool = False  # finance let it pass


def obstacle_to_give(pool: Pool, cost_object: "CostObject", nature: str) -> str | None:
    """Say why a pool gives no money of this kind for this cost object, however much it has, or None. Nobody lifts that."""
    if pool.keeps_out(cost_object.department_id):
        return f"{pool} does not give money for this department."
    if pool.nature not in ("", nature):
        return f"{pool} pays {Nature(pool.nature).label.lower()} only."
    stages = {stage.pk: stage for stage in pool.for_stages.all()}
    aims = above.aims_of(cost_object) if stages or pool.for_types else above.Aims()
    if stages and stages.keys().isdisjoint(aims.stages):
        return f"{pool} gives money only for {', '.join(stage.title for stage in stages.values())}."
    if pool.for_types and aims.type not in pool.for_types:
        return f"{pool} gives money only for initiatives of the type {' or '.join(pool.type_names)}."
    return None


def findings(request: "Deciding", lines: "Iterable[RequestLine]") -> list[Finding]:
    """What the pools' controls say about these lines, `request` not counted among what is asked already."""
    found, lines = list[Finding](), list(lines)
    for pool, amount in parts_of(lines):
        others = pool.asked - (amount if request.state in ("submitted", "returned") else 0)
        natures = [line.nature for line in lines if line.pool == pool]
        if said := next((said for nature in natures if (said := obstacle_to_give(pool, request.cost_object, nature))), None):
            found.append(Finding(pool, said, stops=True))
        elif pool.control != Control.OFF and others + amount > pool.most_asked:
            lifted = Exemption.objects.filter(request_id=request.pk, pool=pool).exists()
            stops = pool.control == Control.STOP and not lifted
            found.append(Finding(pool, f"{pool} is asked for more than it has to give{pool.with_tolerance}.", stops, lifted))
    return found


def obstacle_to_ask(request: "Deciding") -> str | None:
    """Say which pool's control stops this request, or None."""
    stopped = next((one for one in findings(request, lines_of(request)) if one.stops), None)
    return stopped.words if stopped else None


def lines_of(request: "Deciding") -> "list[RequestLine]":
    """What it asks for, each line with its pool and for which departments and stages that gives."""
    lines = request.lines_with_pools()
    models.prefetch_related_objects(lines, "pool__for_departments", "pool__for_stages")
    return lines


class ExemptionQuerySet(models.QuerySet["Exemption"]):
    def obstacle_to_exempt(self, request: "Deciding", by: User) -> str | None:
        """Say in one sentence why `by` cannot let this request pass the pools' controls, or None."""
        if not may_post(by):
            return "Only finance lets a request pass a pool’s control."
        if by.pk in (request.requester_id, request.cost_object.owner_id):
            return "Who asks for money, or owns what it is for, does not let it pass."
        if request.state != "draft":
            return f"This request is {request.get_state_display().lower()}."
        if not [one for one in findings(request, lines_of(request)) if one.stops]:
            return "No pool stops this request."
        return None

    @transaction.atomic
    def exempt(self, request: "Deciding", *, by: User, reason: str) -> None:
        """Let the request be submitted although it asks for more than its pools have. What they have stays all there is."""
        request.lock()
        if obstacle := self.obstacle_to_exempt(request, by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise BadInput("Say why the request passes.")
        lines = lines_of(request)
        kept_out = (obstacle_to_give(line.pool, request.cost_object, line.nature) for line in lines)
        if said := next((said for said in kept_out if said), None):
            raise RuleBroken(f"{said} That is not lifted.")
        stopped = [one.pool for one in findings(request, lines) if one.stops]
        self.bulk_create([Exemption(request_id=request.pk, pool=pool, by=by, reason=reason) for pool in stopped])
        request.record("exempted", by=by, reason=reason, pools=[str(pool) for pool in stopped])


# Beside Exemption.obstacle_to_exempt.
EXEMPTED_BY_ANOTHER = pgtrigger.Trigger(
    name="exempted_by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=with_refusals(
        """
        IF EXISTS (
            SELECT FROM funding_fundingrequest request JOIN funding_costobject thing ON thing.id = request.cost_object_id
            WHERE request.id = NEW.request_id
                AND (NEW.by_id IN (request.requester_id, thing.owner_id) OR request.state <> 'draft'))
        THEN REFUSE exempted_by_another_person;
        END IF;
        RETURN NEW;
    """,
        exempted_by_another_person="Who asks for money, or owns what it is for, does not let it pass; nor is it done afterwards.",
    ),
)


class Exemption(models.Model):
    """That somebody in finance let one request ask for more than one pool has to give, and why."""

    request = models.ForeignKey("funding.FundingRequest", models.PROTECT, related_name="exemptions")
    pool = models.ForeignKey(Pool, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2_000)
    at = models.DateTimeField(default=clock.now, editable=False)

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "pool"], name=says("one_exemption_a_pool", "This request was let pass already.")
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name=says("an_exemption_has_its_reason", "Say why the request passes.")
            ),
        ]
        triggers: ClassVar = [*APPEND_ONLY, EXEMPTED_BY_ANOTHER]

    def __str__(self) -> str:
        return f"{self.request} from {self.pool}"


# Beside `findings`: the pools are locked first, so that what is asked of one is added up before the next is looked at.
WITHIN_CONTROL = pgtrigger.Trigger(
    name="within_control",
    when=pgtrigger.Before,
    operation=update_of("state"),
    func=with_refusals(
        """
        IF NEW.state = OLD.state OR NEW.state NOT IN ('submitted', 'allocated') THEN RETURN NEW; END IF;
        PERFORM FROM funding_pool WHERE id IN (SELECT pool_id FROM funding_requestline WHERE request_id = NEW.id)
            ORDER BY id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT FROM funding_requestline line JOIN funding_costobject thing ON thing.id = NEW.cost_object_id
            WHERE line.request_id = NEW.id
                AND EXISTS (SELECT FROM funding_pool_for_departments kept WHERE kept.pool_id = line.pool_id)
                AND NOT EXISTS (
                    SELECT FROM funding_pool_for_departments kept
                    WHERE kept.pool_id = line.pool_id AND kept.department_id = thing.department_id))
        THEN REFUSE pool_is_for_other_departments;
        END IF;
        IF EXISTS (
            SELECT FROM funding_requestline line JOIN funding_pool pool ON pool.id = line.pool_id
            WHERE line.request_id = NEW.id AND pool.nature <> '' AND pool.nature <> line.nature)
        THEN REFUSE pool_pays_one_kind;
        END IF;
        IF NEW.state = 'submitted' AND OLD.state = 'draft' AND EXISTS (
            SELECT FROM (
                SELECT pool_id, sum(amount) AS amount FROM funding_requestline WHERE request_id = NEW.id GROUP BY pool_id
            ) part JOIN funding_pool pool ON pool.id = part.pool_id
            WHERE pool.control = 'stop' AND pool.asked + part.amount > pool.free * (100 + pool.tolerance) / 100
                AND NOT EXISTS (
                    SELECT FROM funding_exemption passed WHERE passed.request_id = NEW.id AND passed.pool_id = pool.id))
        THEN REFUSE asked_within_control;
        END IF;
        RETURN NEW;
    """,
        pool_is_for_other_departments="A pool that is asked does not give money for this department.",
        pool_pays_one_kind="The pool pays the other kind of expenditure only.",
        asked_within_control="A pool that is asked does not have that much to give, and its control stops the request.",
    ),
)
