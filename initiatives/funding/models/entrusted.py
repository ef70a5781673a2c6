"""Who may use the money of a cost object: commit it, give commitments up, post what was spent, and give it back."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from initiatives.funding.models.figures import Figures
from initiatives.funding.models.posting import Act, handles_money, may_post
from initiatives.organization.models import User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from initiatives.funding.models.pools import Pool
    from initiatives.funding.models.requests import FundingRequest

SETTLED = "{} asked for this money or approved it, and does not post what was spent of it; another person in finance can."


def settled_by(person: User) -> Q:
    """The requests whose money was given and that this person wrote, or this person or a delegate of theirs said yes to."""
    took_part = Q(requester=person) | Q(approvals__by=person) | Q(approvals__on_behalf_of=person)
    return took_part & Q(state="allocated")


class Entrusted(Figures):
    """Money with an owner."""

    owner_id: int | None
    requests: "RelatedManager[FundingRequest]"

    class Meta:
        abstract = True

    def obstacle_to_commit(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot promise this money to somebody, or None."""
        return self.obstacle_to_promise if self.may_use(by) else "Only the owner or finance commits this money."

    def obstacle_to_decommit(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot lower or give up what is committed here, or None."""
        return None if self.may_use(by) else "Only the owner or finance decommits this money."

    def may_use(self, by: User) -> bool:
        """Whether it is this person who commits and decommits here, in whatever state the work is."""
        return may_post(by) or (handles_money(by) and by.pk == self.owner_id)

    def obstacle_to_spend(self, by: User, *pools: "Pool") -> str | None:
        """Say in one sentence why `by` cannot post an actual here, out of these pools or at all, or None."""
        if not may_post(by):
            return "Only finance posts what was spent."
        return SETTLED.format(by) if self.settled(by, *pools).exists() else None

    def settled(self, by: User, *pools: "Pool") -> models.QuerySet[Any]:
        """The requests of this money, from these pools or at all, that `by` had a part in."""
        requests = self.requests.filter(settled_by(by))
        return requests.filter(lines__pool__in=pools) if pools else requests

    def obstacle_to_release(self, by: User) -> str | None:
        """Say in one sentence why `by` cannot give this money back, or None."""
        if may_post(by) or (handles_money(by) and (by.pk == self.owner_id or by.standing.holds("cxo"))):
            return None
        return "Only the owner, the CXO or finance gives money back."

    def _obstacle_to(self, act: Act, by: User) -> str | None:
        if act == Act.SPENT:  # who approved is asked with the accounts
            return None if may_post(by) else self.obstacle_to_spend(by)
        if act == Act.RELEASED:
            return self.obstacle_to_release(by)
        return self.obstacle_to_decommit(by) if act == Act.DECOMMITTED else self.obstacle_to_commit(by)
