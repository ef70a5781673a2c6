"""Changes of the map that somebody proposed: decided by who owns the stage, else by the CXO, within working days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.db import models, transaction
from django.db.models import Q

from initiatives.core import clock
from initiatives.core.rules import BadInput, RuleBroken, says
from initiatives.duties import post
from initiatives.duties.models import Obligation
from initiatives.journey.models import following
from initiatives.journey.models.change_words import Act, ChangeState
from initiatives.journey.models.drawn import Drawn
from initiatives.journey.models.map import Channel, Stage
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.proposed import DECIDE, DRAWN, MapChangeQuerySet, Proposed
from initiatives.journey.models.reviewing import REVIEW
from initiatives.journey.models.splitting import Part
from initiatives.journey.models.words import Kind
from initiatives.organization.models import User

ENDS = (ChangeState.ACCEPTED, ChangeState.DECLINED, ChangeState.LAPSED, ChangeState.WITHDRAWN)


class MapChange(Proposed):
    """One proposed change: what would be different, why, and how it was decided."""

    objects = MapChangeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state=ChangeState.DECLINED) | ~Q(answer=""),
                name=says("change_declined_with_reason", "A change is declined with a reason."),
            ),
            models.CheckConstraint(
                condition=Q(state=ChangeState.PROPOSED, answered_at=None)
                | (~Q(state=ChangeState.PROPOSED) & Q(answered_at__isnull=False)),
                name=says("change_answered_somehow", "A change that is decided says when."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "answer_by"], name="map_change_by_state")]
        triggers: ClassVar = [
            pgtrigger.FSM(name="proposal", field="state", transitions=[(ChangeState.PROPOSED, end) for end in ENDS]),
            pgtrigger.Protect(name="keep", operation=pgtrigger.Delete),
        ]

    # -- Deciding --------------------------------------------------------------------------------------------------------

    def may_answer(self, user: User) -> bool:
        """The CXO, and who owns the stage that is asked."""
        return user.standing.holds("cxo") or (self.asked_stage is not None and self.asked_stage.is_owned_by(user))

    def obstacle_to_answer(self, by: User | None = None) -> str | None:
        if not self.waits:
            return f"It is {self.get_state_display().lower()} already."
        if by is not None and not self.may_answer(by):
            owner = f"the owner of the stage “{self.asked_stage.title}” or " if self.asked_stage else ""
            return f"Only {owner}the CXO can decide about it."
        return None

    def conflicts(self) -> list[tuple[str, Any, Any]]:
        """(field, what stood there when it was proposed, what stands there now) where somebody changed it since."""
        if self.subject is None or not self.waits:
            return []
        now = self.subject.kept()
        return [(name, was, now[name]) for name, was in self.before.items() if now[name] != was]

    def obstacle_to_accept(self, by: User | None = None) -> str | None:
        """Say in one sentence why it cannot be done, or None. What is stale is named."""
        if obstacle := self.obstacle_to_answer(by):
            return obstacle
        if conflicts := self.conflicts():
            names = ", ".join(name.replace("_", " ") for name, _, _ in conflicts)
            return f"{self._named()} was changed since this was proposed: {names}. Decline it, or have it proposed again."
        return self.obstacle_to_propose()

    @transaction.atomic
    def accept(self, *, by: User) -> None:
        """Do what is proposed, by the same act as if who decides had done it."""
        if self.subject is not None:
            self.subject.lock()
        self.lock()
        if obstacle := self.obstacle_to_accept(by):
            raise RuleBroken(obstacle)
        self._do(by)
        self._answered(ChangeState.ACCEPTED, by)
        Obligation.objects.meet(DECIDE, self, by=by)
        self._tell("accepted", by)

    @transaction.atomic
    def decline(self, *, by: User, reason: str) -> None:
        """Leave the map as it is, with the reason."""
        self.lock()
        if obstacle := self.obstacle_to_answer(by):
            raise RuleBroken(obstacle)
        if not reason.strip():
            raise BadInput("Give the reason for declining.")
        self._answered(ChangeState.DECLINED, by, reason.strip())
        Obligation.objects.meet(DECIDE, self, by=by)
        self._tell("declined", by, reason.strip())

    def obstacle_to_withdraw(self, by: User | None = None) -> str | None:
        if by is not None and by.pk != self.proposed_by_id:
            return f"Only {self.proposed_by} can withdraw it."
        return None if self.waits else f"It is {self.get_state_display().lower()} already."

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str = "") -> None:
        """Do not propose it any more."""
        self.lock()
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        self._answered(ChangeState.WITHDRAWN, by, reason.strip())
        Obligation.objects.excuse(DECIDE, self, by=by, reason="It was withdrawn.")
        self.record("withdrawn", by=by, reason=reason.strip())

    @transaction.atomic
    def lapse(self, *, today: date | None = None) -> bool:
        """Close it without an answer when its last day is over; returns whether it was. May be tried at any time and twice."""
        self.lock()
        if not self.waits or self.answer_by >= (today or clock.company_day()):
            return False
        self._answered(ChangeState.LAPSED, None)
        Obligation.objects.excuse(DECIDE, self, by=None, reason="Nobody answered in time.")
        self._tell("lapsed", None)
        return True

    def _do(self, by: User) -> None:
        subject = self.subject
        if self.act == Act.ADD:
            made = DRAWN[self.noun](**self.rows())
            made.add(by=by)
            setattr(self, self.noun, made)
        elif subject is None:
            raise RuleBroken("What it is about does not exist.")
        elif self.act == Act.EDIT:
            subject.edit(self.rows(), by=by)
        elif self.act == Act.ARCHIVE:
            subject.archive(by=by, reason=self.reason)
        else:
            subject.split([Part(**part) for part in self.after["parts"]], by=by)  # type: ignore[attr-defined]  # only touchpoints are split

    def rows(self) -> dict[str, Any]:
        """What it proposes, with rows in the place of keys."""
        values = dict(self.after)
        for name, model in (("stage", Stage), ("channel", Channel)):
            if name in values and name != self.noun:
                values[name] = model._default_manager.get(pk=values[name])
        if values.get("review_on"):
            values["review_on"] = date.fromisoformat(values["review_on"])
        return values

    def _answered(self, state: ChangeState, by: User | None, answer: str = "") -> None:
        self.state, self.answered_by, self.answered_at, self.answer = state, by, clock.now(), answer
        self.save()

    def _tell(self, what: str, by: User | None, reason: str = "") -> None:
        """Record it, and let who proposed it hear of it, unless they decided themselves."""
        self.record(what, by=by, reason=reason)
        if by is None or by.pk != self.proposed_by_id:
            post.write("map_change", self.proposed_by, f"map-change-{self.pk}", change=self.pk)


def asks_follow(owned: OwnedObject) -> None:
    """Somebody else owns a stage now: what its owner was asked to decide about or to review is theirs."""
    stage = Stage.objects.filter(owned=owned).first() if owned.kind == Kind.STAGE else None
    owners = stage.owners() if stage is not None else []
    if stage is None or not owners:
        return
    waiting = MapChange.objects.waiting().filter(asked_stage=stage).values("pk")
    theirs = Q(kind=DECIDE, subject_id__in=waiting) | Q(kind=REVIEW, subject_id=stage.pk)
    for ask in Obligation.objects.open_now().filter(theirs).exclude(person__in=owners).order_by("pk"):
        ask.hand_over(owners[0], by=None, reason=f"{owners[0]} answers for {stage.reference} now.")


following.follow(asks_follow)


def change(
    noun: str, act: str, subject: Drawn | None, values: Mapping[str, Any], *, by: User, reason: str, version: int | None = None
) -> MapChange | Drawn:
    """Do it where `by` may, else propose it: returns what was changed, or the proposal."""
    asked = subject if subject is not None else DRAWN[noun](**values)
    if not asked.may_edit(by):
        proposal: MapChange = MapChange.objects.propose(noun, act, subject, values, by=by, reason=reason)
        return proposal
    match act:
        case Act.ADD:
            asked.add(by=by)
        case Act.EDIT:
            asked.edit(values, by=by, version=version)
        case Act.ARCHIVE:
            asked.archive(by=by, reason=reason, version=version)
        case _:
            parts: Sequence[Any] = values["parts"]
            asked.split([Part(**part) for part in parts], by=by, version=version)  # type: ignore[attr-defined]  # only touchpoints are split
    return asked
