"""Who may do what in the handshake of ownership."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, TaskRule, declare, permission, scoped
from initiatives.journey.models import OwnedObject, Ownership
from initiatives.journey.models.proposing import may_ask
from initiatives.organization.models import User

ALONG = ("owned__department", "owned__person", "owned__steward", "department", "person", "proposed_by", "succeeds")


@permission("journey.view_ownership")
def view_ownership(user: User, ownership: Ownership) -> bool:
    """Who sees what it is about."""
    return ownership.owned.seen_by(user)


@permission("journey.answer_ownership")
def answer_ownership(user: User, ownership: Ownership) -> bool:
    """Head and deputies of the department that is asked, or that owns it."""
    return ownership.may_answer(user) and ownership.owned.seen_by(user)


@permission("journey.withdraw_ownership")
def withdraw_ownership(user: User, ownership: Ownership) -> bool:
    """Who asked, and who may ask another department."""
    may = ownership.proposed_by_id == user.pk or may_ask(user, ownership.owned)
    return may and ownership.owned.seen_by(user)


@permission("journey.propose_owned")
def propose_owned(user: User, owned: OwnedObject) -> bool:
    """The CXO, who owns what stands above, heads and deputies for their own department."""
    return (bool(user.standing.heads) or may_ask(user, owned)) and owned.seen_by(user)


@permission("journey.attest")
def attest(user: User) -> bool:
    """Everybody with a role: what they own themselves, heads and deputies what their department owns."""
    return user.standing.anywhere


@permission("journey.export_register")
def export_register(user: User) -> bool:
    """Everybody who sees the map, except who is an administrator and nothing else."""
    return user.standing.takes_part


def owned_for(request: Request, ref: str, to: str = "propose") -> OwnedObject:
    """What is owned under this reference, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    seen = OwnedObject.objects.visible_to(request.user).select_related("department", "person", "steward")
    return scoped(request, seen, f"journey.{to}_owned", reference=ref)


def ownership_for(request: Request, number: int, to: str = "view") -> Ownership:
    """A handshake, for somebody who may do `to` with it: unseen is 404, seen but forbidden 403."""
    seen = Ownership.objects.visible_to(request.user).select_related(*ALONG)
    return scoped(request, seen, f"journey.{to}_ownership", pk=number)


DECIDERS = "head and deputies of its department"


def _rule(url: str, methods: str, act: str, who: str, of: str = "ownership") -> Rule:
    return Rule(f"journey:{url}", methods, f"journey.{act}_{of}", of=of, who=who)


declare(
    _rule("propose", "GET POST", "propose", "the CXO, the owner of its stage, heads for their own department", of="owned"),
    _rule("ownership", "GET", "view", "who sees what it is about"),
    _rule("accept_ownership", "POST", "answer", DECIDERS),
    _rule("decline_ownership", "POST", "answer", DECIDERS),
    _rule("withdraw_ownership", "POST", "withdraw", "who asked, the CXO, the owner of its stage"),
    _rule("hand_over", "GET POST", "answer", DECIDERS),
    _rule("name_person", "POST", "answer", DECIDERS),
    _rule("give_back", "POST", "answer", DECIDERS),
    Rule("journey:attest", "GET POST", "journey.attest", who="one’s own; heads and deputies, what their department owns"),
    Rule("journey:export_register", "GET", "journey.export_register", who="who sees the map, not the administrator", export=True),
    TaskRule("journey.ring", who="the product, each minute: lets what was not answered or attested lapse, counts votes"),
)
