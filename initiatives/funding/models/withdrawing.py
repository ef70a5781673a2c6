"""What one person proposed and another has not decided yet: who proposed it takes it back, with a reason."""

from typing import TYPE_CHECKING

from django.db import models, transaction
from django.urls import reverse

from initiatives.core.models import Recorded
from initiatives.core.rules import RuleBroken, reason_given
from initiatives.duties.models import Obligation
from initiatives.funding.models.proposal_laws import BY_WHO_PROPOSED
from initiatives.organization.models import User

PROPOSED, WITHDRAWN = "proposed", "withdrawn"  # the states of these names, of each kind


class Withdrawable(Recorded):
    """A proposal. Each kind has a state, who proposed it, and says how it is decided."""

    if TYPE_CHECKING:
        by_id: int
        state: models.CharField[str, str]

        def get_state_display(self) -> str:
            """The state in words."""

        def taken_back(self, by: User, reason: str) -> None:
            """Write down that it was withdrawn: a part of the act, which has locked it."""

    class Meta:
        abstract = True

    @property
    def withdraw_url(self) -> str:
        return reverse("funding:proposal_withdraw", args=[self._meta.model_name, self.pk])

    def lock_what_it_changes(self) -> None:
        """Lock what it is about, where that is something else, then itself."""
        self.lock()

    def obstacle_to_withdraw(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot take it back, or None."""
        if by.pk != self.by_id:
            return BY_WHO_PROPOSED
        return None if self.state == PROPOSED else f"It is {self.get_state_display().lower()} already."

    @transaction.atomic
    def withdraw(self, *, by: User, reason: str) -> None:
        """Take the proposal back while nobody has decided it; everything stays as it is, and nobody is asked any more."""
        self.lock_what_it_changes()
        if obstacle := self.obstacle_to_withdraw(by):
            raise RuleBroken(obstacle)
        reason = reason_given(reason)
        Obligation.objects.excuse(None, self, by=by, reason="It was withdrawn.")
        self.taken_back(by, reason)
