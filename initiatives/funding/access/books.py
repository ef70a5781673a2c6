"""Rules about the books: who sees and closes periods, enters exchange rates, and says how a pool is kept."""

from initiatives.core.policy import Rule, declare, permission
from initiatives.funding.models import (
    BudgetChange,
    CarryOver,
    ControlChange,
    CostObject,
    FiscalYear,
    FundingRequest,
    Guardrail,
    Period,
    Pool,
)
from initiatives.funding.models.budget_changes import ways_open_to
from initiatives.funding.models.ceilings import obstacle_to_let_pass
from initiatives.funding.models.change_laws import Way
from initiatives.funding.models.guardrails import may_propose
from initiatives.funding.models.listings import Listing, may_publish
from initiatives.funding.models.posting import handles_money, may_post
from initiatives.funding.models.withdrawing import Withdrawable
from initiatives.organization.models import User
from initiatives.organization.purview import SEE_ALL_MONEY

FINANCE = "finance"
ANOTHER = "finance, but not who proposed it"


@permission("funding.view_periods")
def view_periods(user: User, year: FiscalYear | None = None) -> bool:
    return user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.view_period")
def view_period(user: User, period: Period) -> bool:
    return user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.close_period")
def close_period(user: User, period: Period) -> bool:
    """Finance proposes and confirms; that these are two people, the acts say."""
    return may_post(user)


@permission("funding.view_idle")
def view_idle(user: User) -> bool:
    return user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.set_idle")
def set_idle(user: User) -> bool:
    return may_post(user)


@permission("funding.view_rates")
def view_rates(user: User) -> bool:
    return user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.enter_rate")
def enter_rate(user: User) -> bool:
    return may_post(user)


@permission("funding.open_pool")
def open_pool(user: User) -> bool:
    """The CXO, who proposes what it gets; finance confirms."""
    return Way.RAISE in ways_open_to(user)


@permission("funding.propose_budget")
def propose_budget(user: User, pool: Pool | None = None) -> bool:
    """The CXO; finance too, a cut only, as the act says."""
    return bool(ways_open_to(user))


@permission("funding.decide_budget")
def decide_budget(user: User, change: BudgetChange) -> bool:
    """Finance; that it is another person than who proposed it, the act says."""
    return may_post(user)


@permission("funding.carry_pool")
def carry_pool(user: User, pool: Pool | None = None) -> bool:
    return may_post(user)


@permission("funding.decide_carryover")
def decide_carryover(user: User, carry: CarryOver) -> bool:
    """Finance; that it is another person than who proposed it, the act says."""
    return may_post(user)


@permission("funding.control_pool")
def control_pool(user: User, pool: Pool) -> bool:
    return may_post(user)


@permission("funding.decide_control")
def decide_control(user: User, change: ControlChange) -> bool:
    """Finance; that it is another person than who proposed it, the act says."""
    return may_post(user)


@permission("funding.pass_limit")
def pass_limit(user: User, cost_object: CostObject) -> bool:
    """Post beyond the limit of a pool, with a reason: finance, but not who owns what the money is for."""
    return obstacle_to_let_pass(user, cost_object.owner_id) is None


@permission("funding.exempt_request")
def exempt_request(user: User, request: FundingRequest) -> bool:
    """Finance; that it is neither the requester nor the owner, the act says."""
    return may_post(user)


@permission("funding.view_guardrails")
def view_guardrails(user: User, year: FiscalYear | None = None) -> bool:
    return user.standing.holds(*SEE_ALL_MONEY)


@permission("funding.propose_guardrail")
def propose_guardrail(user: User, year: FiscalYear | None = None) -> bool:
    return may_propose(user)


@permission("funding.decide_guardrail")
def decide_guardrail(user: User, guardrail: Guardrail) -> bool:
    """A CXO; that it is not who proposed it, the act says."""
    return handles_money(user) and user.standing.holds("cxo")


@permission("funding.withdraw_proposal")
def withdraw_proposal(user: User, proposal: Withdrawable) -> bool:
    """Who proposed it; that nobody has decided it, the act says."""
    return user.pk == proposal.by_id


@permission("funding.publish_listing")
def publish_listing(user: User, pool: Pool) -> bool:
    return may_publish(pool, user)


@permission("funding.withdraw_listing")
def withdraw_listing(user: User, listing: Listing) -> bool:
    return may_publish(listing.pool, user)


@permission("funding.view_journal")
def view_journal(user: User) -> bool:
    """Everybody who could see money; each reads the entries of their pools and of what they work on."""
    return bool(user.standing.belongs_to) or user.standing.holds(*SEE_ALL_MONEY)


HOLDER = "who leads the department of the pool; the CXO for the central one"
JOURNAL = "everybody with a role but administrators, the own part; finance, CXO, CEO, auditor all of it"

declare(
    Rule("funding:journal", "GET", "funding.view_journal", who=JOURNAL),
    Rule("funding:journal_csv", "GET", "funding.view_journal", who=JOURNAL, export=True),
    Rule("funding:journal_xlsx", "GET", "funding.view_journal", who=JOURNAL, export=True),
    Rule("funding:periods", "GET", "funding.view_periods", of="year", who="finance, CXO, CEO, auditor"),
    Rule("funding:period", "GET", "funding.view_period", of="period", who="finance, CXO, CEO, auditor"),
    Rule("funding:period_propose", "POST", "funding.close_period", of="period", who=FINANCE),
    Rule("funding:period_close", "POST", "funding.close_period", of="period", who=ANOTHER),
    Rule("funding:period_keep_open", "POST", "funding.close_period", of="period", who=FINANCE),
    Rule("funding:guardrails", "GET", "funding.view_guardrails", of="year", who="finance, CXO, CEO, auditor"),
    Rule("funding:guardrail_propose", "GET POST", "funding.propose_guardrail", of="year", who="finance, CXO"),
    Rule("funding:guardrail_confirm", "POST", "funding.decide_guardrail", of="guardrail", who="CXO, but not who proposed it"),
    Rule("funding:guardrail_decline", "POST", "funding.decide_guardrail", of="guardrail", who="CXO, but not who proposed it"),
    Rule("funding:idle_rules", "GET", "funding.view_idle", who="finance, CXO, CEO, auditor"),
    Rule("funding:idle_set", "GET POST", "funding.set_idle", who=FINANCE),
    Rule("funding:rates", "GET", "funding.view_rates", who="finance, CXO, CEO, auditor"),
    Rule("funding:rate_enter", "GET POST", "funding.enter_rate", who=FINANCE),
    Rule("funding:pool_open", "GET POST", "funding.open_pool", who="CXO; finance confirms its budget"),
    Rule("funding:pool_budget", "GET POST", "funding.propose_budget", of="pool", who="CXO; finance, a cut only"),
    Rule("funding:budget_confirm", "POST", "funding.decide_budget", of="budget change", who=ANOTHER),
    Rule("funding:budget_decline", "POST", "funding.decide_budget", of="budget change", who=ANOTHER),
    Rule("funding:pool_carry", "GET POST", "funding.carry_pool", of="pool", who=FINANCE),
    Rule("funding:carryover_confirm", "POST", "funding.decide_carryover", of="carryover", who=ANOTHER),
    Rule("funding:carryover_decline", "POST", "funding.decide_carryover", of="carryover", who=ANOTHER),
    Rule("funding:pool_control", "GET POST", "funding.control_pool", of="pool", who=FINANCE),
    Rule("funding:control_confirm", "POST", "funding.decide_control", of="control change", who=ANOTHER),
    Rule("funding:control_decline", "POST", "funding.decide_control", of="control change", who=ANOTHER),
    Rule("funding:proposal_withdraw", "POST", "funding.withdraw_proposal", of="proposal", who="who proposed it"),
    Rule("funding:market", "GET", "funding.view_pools", who="who leads a department; finance, CXO, CEO, auditor"),
    Rule("funding:listing_publish", "GET POST", "funding.publish_listing", of="pool", who=HOLDER),
    Rule("funding:listing_withdraw", "POST", "funding.withdraw_listing", of="listing", who=HOLDER),
    Rule("funding:request_exempt", "POST", "funding.exempt_request", of="request", who="finance, but not who asked or owns it"),
)  # fmt: skip
