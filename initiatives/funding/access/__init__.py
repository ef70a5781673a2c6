"""Rules of the room funding: who sees money and who acts on it. The sentences of a refusal stand with the acts.

An administrator has no say over money, whatever else she is (SoD6).
"""

from initiatives.core.policy import MailRule, Rule, TaskRule, declare, permission
from initiatives.funding import above
from initiatives.funding.access import actuals, books  # noqa: F401 - each registers its rules
from initiatives.funding.models import (
    ApprovalLimit,
    CostObject,
    Delegation,
    FundingRequest,
    Journal,
    Pool,
    StepRule,
    Virement,
)
from initiatives.funding.models.flag_answers import answers_flags
from initiatives.funding.models.posting import handles_money, may_post
from initiatives.organization.models import Department, User
from initiatives.organization.purview import SEE_ALL_MONEY, purview


@permission("funding.view_pools")
def view_pools(user: User) -> bool:
    """Who leads a department, and who answers for the company's money."""
    return bool(user.standing.heads) or user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.view_pool")
def view_pool(user: User, pool: Pool) -> bool:
    return user.standing.holds(*SEE_ALL_MONEY) or pool.department_id in purview(user)


@permission("funding.view_department_year")
def view_department_year(user: User, department: Department) -> bool:
    """Who may see its pools."""
    return user.standing.holds(*SEE_ALL_MONEY) or department.pk in purview(user)


@permission("funding.keep_books")
def keep_books(user: User) -> bool:
    return may_post(user)


@permission("funding.view_requests")
def view_requests(user: User) -> bool:
    """Everybody who can ask for money or decide about it; each sees their own part."""
    return bool(user.standing.belongs_to) or user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.view_request")
def view_request(user: User, request: FundingRequest) -> bool:
    return request.seen_by(user)


@permission("funding.draft_request")
def draft_request(user: User, cost_object: CostObject) -> bool:
    return above.may_ask(user, cost_object)


@permission("funding.submit_request")
def submit_request(user: User, request: FundingRequest) -> bool:
    return handles_money(user) and user.pk == request.requester_id


@permission("funding.withdraw_request")
def withdraw_request(user: User, request: FundingRequest) -> bool:
    return user.pk == request.requester_id


@permission("funding.decide_request")
def decide_request(user: User, request: FundingRequest) -> bool:
    """Who could be a decider of this request, whatever step it is at; whose turn it is, the act says."""
    return request.could_be_decided_by(user)


@permission("funding.view_money")
def view_money(user: User, cost_object: CostObject) -> bool:
    return cost_object.amounts_open_to(user)


@permission("funding.commit_money")
def commit_money(user: User, cost_object: CostObject) -> bool:
    return cost_object.may_use(user)


@permission("funding.decommit_money")
def decommit_money(user: User, cost_object: CostObject) -> bool:
    return cost_object.may_use(user)


@permission("funding.spend_money")
def spend_money(user: User, cost_object: CostObject) -> bool:
    return may_post(user)


@permission("funding.release_money")
def release_money(user: User, cost_object: CostObject) -> bool:
    return cost_object.obstacle_to_release(user) is None


@permission("funding.reverse_journal")
def reverse_journal(user: User, journal: Journal) -> bool:
    return may_post(user)


@permission("funding.propose_virement")
def propose_virement(user: User) -> bool:
    """Who leads a department, the CXO, finance; between which pools, the act says."""
    return handles_money(user) and (bool(user.standing.heads) or user.standing.holds("cxo", "finance"))


@permission("funding.view_virement")
def view_virement(user: User, virement: Virement) -> bool:
    return virement.seen_by(user)


@permission("funding.decide_virement")
def decide_virement(user: User, virement: Virement) -> bool:
    """Who could speak for one of its sides; whether it is their turn, the act says."""
    led = {virement.giver.department_id, virement.taker.department_id} - {None}
    leads = user.standing.holds("cxo") or not purview(user).isdisjoint(led)
    return handles_money(user) and (leads or virement.has_delegate(user))


@permission("funding.withdraw_virement")
def withdraw_virement(user: User, virement: Virement) -> bool:
    return user.pk == virement.by_id


@permission("funding.view_authority")
def view_authority(user: User) -> bool:
    """Who leads a department, who answers for the company's money, and administrators, who set limits."""
    return bool(user.standing.heads) or user.standing.holds("administrator", *SEE_ALL_MONEY)


@permission("funding.propose_limit")
def propose_limit(user: User) -> bool:
    return user.standing.holds("administrator")


@permission("funding.decide_limit")
def decide_limit(user: User, limit: ApprovalLimit) -> bool:
    return handles_money(user) and user.standing.holds("cxo")


@permission("funding.decide_step")
def decide_step(user: User, step: StepRule) -> bool:
    return handles_money(user) and user.standing.holds("cxo")


@permission("funding.name_delegate")
def name_delegate(user: User) -> bool:
    """Who heads a department, of which one the act says; the CXO and finance."""
    return handles_money(user) and (bool(user.standing.head_only) or user.standing.holds("cxo", "finance"))


@permission("funding.end_delegation")
def end_delegation(user: User, delegation: Delegation) -> bool:
    return user.pk in (delegation.head_id, delegation.delegate_id) or user.standing.holds("cxo")


@permission("funding.view_flags")
def view_flags(user: User) -> bool:
    return user.standing.holds("finance", "auditor")


@permission("funding.answer_flags")
def answer_flags(user: User) -> bool:
    """Of the same; who asked or approved does not, the act says."""
    return answers_flags(user)


FINANCE = "finance"
SEES_POOL = "head and deputies of its department and of those above it; finance, CXO, CEO, auditor"
SEES_REQUEST = "who asked; who leads the department of the money or of the pool; finance, CXO, CEO, auditor"
SEES_AUTHORITY = "heads and deputies; finance, CXO, CEO, auditor; administrators, the limits only"
SEES_VIREMENT = "who proposed it; who leads the department of either pool, or decides for its head; finance, CXO, CEO, auditor"
AGREES = "head, deputy, head's delegate, within their limits; else who stands above, the CXO centrally; never one for both"
SEES_MONEY = "owner; who leads the department; finance, CXO, CEO, auditor"
ASKS = "owner; head or deputy; who drafted what it is for; CXO"
CONCERNED = "owner; who leads the department of it or of the pool; of a budget finance, CXO and who asks; not who changed it"
DECIDES = "head or deputy of the pool's department, else who stands above, the CXO centrally; who signs further; then finance"

declare(
    Rule("funding:pools", "GET", "funding.view_pools", who="who leads a department, for it; finance, CXO, CEO, auditor"),
    Rule("funding:department_year", "GET", "funding.view_department_year", of="department", who=SEES_POOL),
    Rule("funding:year_open", "GET POST", "funding.keep_books", who=FINANCE),
    Rule("funding:pool", "GET", "funding.view_pool", of="pool", who=SEES_POOL),
    Rule("funding:pool_journal", "GET", "funding.view_pool", of="pool", who=SEES_POOL, export=True),
    Rule("funding:virements", "GET", "funding.view_pools", who="who leads a department, its own ones; who sees all money"),
    Rule("funding:virement_propose", "GET POST", "funding.propose_virement", who="who leads one of the pools; CXO, finance"),
    Rule("funding:virement", "GET", "funding.view_virement", of="virement", who=SEES_VIREMENT),
    Rule("funding:virement_agree", "POST", "funding.decide_virement", of="virement", who=AGREES),
    Rule("funding:virement_decline", "POST", "funding.decide_virement", of="virement", who=AGREES),
    Rule("funding:virement_withdraw", "POST", "funding.withdraw_virement", of="virement", who="who proposed it"),
    Rule("funding:requests", "GET", "funding.view_requests", who="everybody with a role but administrators, the own part"),
    Rule("funding:request", "GET", "funding.view_request", of="request", who=SEES_REQUEST),
    Rule("funding:request_submit", "POST", "funding.submit_request", of="request", who="who drafted it"),
    Rule("funding:request_withdraw", "POST", "funding.withdraw_request", of="request", who="who drafted it"),
    Rule("funding:request_approve", "POST", "funding.decide_request", of="request", who=DECIDES),
    Rule("funding:request_decline", "POST", "funding.decide_request", of="request", who=DECIDES),
    Rule("funding:request_return", "POST", "funding.decide_request", of="request", who=DECIDES),
    Rule("funding:request_answer", "POST", "funding.submit_request", of="request", who="who drafted it"),
    Rule("funding:request_draft", "GET POST", "funding.draft_request", of="cost object", who=ASKS),
    Rule("funding:cost_object", "GET", "funding.view_money", of="cost object", who=SEES_MONEY),
    Rule("funding:commit", "POST", "funding.commit_money", of="cost object", who="owner, finance"),
    Rule("funding:decommit", "POST", "funding.decommit_money", of="cost object", who="owner, finance"),
    Rule("funding:spend", "POST", "funding.spend_money", of="cost object", who="finance, but not who approved the money"),
    Rule("funding:release", "POST", "funding.release_money", of="cost object", who="owner, CXO, finance"),
    Rule("funding:give_back_idle", "POST", "funding.release_money", of="cost object", who="owner, CXO, finance"),
    Rule("funding:keep_idle", "POST", "funding.release_money", of="cost object", who="owner, CXO, finance"),
    Rule("funding:reverse", "POST", "funding.reverse_journal", of="journal", who="finance, but not who posted it"),
    Rule("funding:authority", "GET", "funding.view_authority", who=SEES_AUTHORITY),
    Rule("funding:flags", "GET", "funding.view_flags", who="auditor, finance"),
    Rule("funding:flag_in_order", "POST", "funding.answer_flags", who="auditor, finance; not who asked or approved"),
    Rule("funding:flag_not_in_order", "POST", "funding.answer_flags", who="auditor, finance; not who asked or approved"),
    Rule("funding:limit_propose", "GET POST", "funding.propose_limit", who="administrators"),
    Rule("funding:limit_confirm", "POST", "funding.decide_limit", of="limit", who="CXO, but not who proposed it"),
    Rule("funding:limit_decline", "POST", "funding.decide_limit", of="limit", who="CXO, but not who proposed it"),
    Rule("funding:step_propose", "GET POST", "funding.propose_limit", who="administrators"),
    Rule("funding:step_confirm", "POST", "funding.decide_step", of="further step", who="CXO, but not who proposed it"),
    Rule("funding:step_decline", "POST", "funding.decide_step", of="further step", who="CXO, but not who proposed it"),
    Rule("funding:delegate_name", "GET POST", "funding.name_delegate", who="who heads a department; CXO, finance"),
    Rule("funding:delegation_end", "POST", "funding.end_delegation", of="delegation", who="who named; the delegate; CXO"),
    MailRule("budget_changed", who=CONCERNED),
    MailRule("pool_alert", who="who leads the department of the pool, the CXO for the central one; finance; while they see it"),
    TaskRule("funding.tell", "writes of budgets that changed and alert levels, asks for idle money; in nobody’s name"),
    TaskRule("funding.expire", "closes what nobody answered in time, asks who decides by now; in nobody’s name"),
)  # fmt: skip
