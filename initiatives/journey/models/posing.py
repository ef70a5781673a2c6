"""Problems as lists: who sees them, which are alike, which hurt most; and how a new one is posed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import Exists, OuterRef

from initiatives.core.rules import RuleBroken
from initiatives.journey.models import following
from initiatives.journey.models.evidence import Evidence, ProblemTouchpoint
from initiatives.journey.models.failing_words import ProblemState
from initiatives.journey.models.hanging import alike, all_leave, all_seen, answers_for, in_use
from initiatives.journey.models.map import Touchpoint
from initiatives.journey.models.ownable import next_reference
from initiatives.journey.models.pain import a_year_before, with_pain
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.journey.models.problems import Problem
    from initiatives.journey.models.signals import Signal


class ProblemQuerySet(models.QuerySet["Problem"]):
    def visible_to(self, user: User) -> Self:
        """Those of which `user` may know every touchpoint."""
        return self.filter(all_seen(user, ProblemTouchpoint, "problem"))

    def exportable_by(self, user: User) -> Self:
        """Of what `user` sees, what may leave the building with them."""
        return self.filter(all_leave(user, ProblemTouchpoint, "problem"))

    def open_now(self) -> Self:
        return self.filter(state=ProblemState.OPEN)

    def alike(self, title: str, touchpoints: Collection[int]) -> Self:
        """Those that may be the same, the most alike first (see hanging.alike)."""
        return alike(self, title, touchpoints)

    def with_pain(self, today: date) -> Self:
        """Each with `weight`, `newest`, `old` and `pain` (see pain.py)."""
        links, evidence = ProblemTouchpoint.objects.all(), Evidence.objects.living()
        return with_pain(self, links, evidence, today)

    def worst_first(self, today: date) -> Self:
        return self.with_pain(today).order_by("-pain", "id")

    def with_old_evidence(self, today: date) -> Self:
        """Those whose newest piece of evidence is older than a year."""
        young = Evidence.objects.living().filter(problem=OuterRef("pk"), observed_on__gte=a_year_before(today))
        return self.filter(~Exists(young))

    @transaction.atomic
    def pose(
        self,
        *,
        by: User,
        title: str,
        statement: str,
        severity: int,
        frequency: Decimal,
        touchpoints: Collection[Touchpoint] = (),
        signals: "Collection[Signal]" = (),
        evidence: Mapping[str, Any] | None = None,
    ) -> "Problem":
        """A new problem at these touchpoints and those of the signals, resting on the signals, or on one other piece of
        evidence: {"source", "observed_on", "customers", "words"}."""
        named = [*touchpoints, *(link.touchpoint for signal in signals for link in signal.links.all())]
        kept = in_use(named)
        if not all(one.owned.seen_by(by) for one in kept) or not answers_for(by, kept[0]):
            raise RuleBroken(f"Only who answers for {kept[0].reference} or its stage, and the CXO, can pose a problem there.")
        if not signals and not evidence:
            raise RuleBroken("A problem rests on one piece of evidence at least: a signal, or where else it is known from.")
        facts = {"title": title, "statement": statement, "severity": severity, "frequency": frequency}
        problem = self._at(kept, by, facts)
        problem.record("posed", by=by, touchpoints=[one.reference for one in kept])
        if evidence:
            problem.add_evidence(by=by, **evidence)
        for signal in signals:
            signal.gather(problem, by=by)
        following.entered(kept, by)
        return problem

    @transaction.atomic
    def found(
        self,
        touchpoints: Collection[Touchpoint],
        *,
        by: User,
        title: str,
        statement: str,
        severity: int,
        frequency: Decimal,
        evidence: Mapping[str, Any],
    ) -> "Problem":
        """A problem that figures show by themselves, from what `by` entered, who need not answer for these touchpoints."""
        kept = in_use(touchpoints)
        facts = {"title": title, "statement": statement, "severity": severity, "frequency": frequency}
        problem = self._at(kept, by, facts)
        Evidence.objects.create(problem=problem, added_by=by, **evidence)
        problem.record("found", by=None, touchpoints=[one.reference for one in kept])
        return problem

    def _at(self, kept: Sequence[Touchpoint], by: User, facts: Mapping[str, Any]) -> "Problem":
        problem = self.model(reference=next_reference("PRB"), touchpoint=kept[0], posed_by=by, **facts)
        problem.save()
        ProblemTouchpoint.objects.bulk_create(ProblemTouchpoint(problem=problem, touchpoint=one) for one in kept)
        return problem
