"""Transfers between pools: what moves, what each pool keeps, and who must agree."""

from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID, uuid4

from django.db.models import Exists, Q

from initiatives.core.models import Event
from initiatives.funding.models import Consent, Delegation, Missing, Pool, Virement, VirementState
from initiatives.funding.models.virements import VirementQuerySet
from initiatives.organization.models import RoleKind, User


@dataclass(frozen=True)
class Effect:
    """What a pool has before and after. Amounts are None where they are withheld from the reader."""

    pool: Pool
    words: str
    budget: Decimal | None
    budget_after: Decimal | None
    free: Decimal | None
    free_after: Decimal | None


def effects(user: User, giver: Pool, taker: Pool, amount: Decimal) -> list[Effect]:
    """What the transfer does to both pools, as far as the reader may see their money."""
    stood_for = Delegation.objects.in_force().filter(delegate=user).values("department")
    open_to = Q(pk__in=Pool.objects.visible_to(user).values("pk")) | Q(department__in=stood_for)
    open_to |= Q(Exists(Delegation.objects.company_wide(user, RoleKind.CXO)))
    seen = set(Pool.objects.filter(open_to, pk__in=(giver.pk, taker.pk)).values_list("pk", flat=True))
    found = []
    for pool, change, words in ((giver, -amount, "gives"), (taker, amount, "receives")):
        budget, free = (pool.appropriated, pool.free) if pool.pk in seen else (None, None)
        after = (None, None) if budget is None or free is None else (budget + change, free + change)
        found.append(Effect(pool, words, budget, after[0], free, after[1]))
    return found


def virements(user: User, *, state: str = "") -> VirementQuerySet:
    """The transfers that the reader may see, newest first; `state` narrows them."""
    found = Virement.objects.visible_to(user).with_pools().newest_first()
    return found.filter(state=state) if state in VirementState.values else found


@dataclass
class VirementPage:
    virement: Virement
    effects: list[Effect]  # of what is proposed; nothing when it is decided
    consents: list[Consent]
    missing: list[Missing]
    mine: Missing | None
    shown: str
    events: list[Event]
    obstacles: dict[str, str | None]
    key: UUID = field(default_factory=uuid4)


def virement_page(user: User, virement: Virement) -> VirementPage:
    missing = virement.missing()
    return VirementPage(
        virement,
        effects(user, virement.giver, virement.taker, virement.amount) if missing else [],
        list(virement.given().select_related("by", "on_behalf_of").order_by("id")),
        missing,
        next((one for one in missing if user in one.people), None),
        virement.shown(),
        list(Event.objects.about(virement).order_by("id")),
        {"agree": virement.obstacle_to_agree(user), "withdraw": virement.obstacle_to_withdraw(user)},
    )
