"""Rules about business cases and baselines. The sentences of a refusal stand with the acts."""

from initiatives.core.pages import Request
from initiatives.core.policy import Rule, declare, permission, scoped
from initiatives.organization.models import User
from initiatives.portfolio.access import OWNERS, READERS, initiative_for
from initiatives.portfolio.models import BaselineProposal, BenefitOwner, Experiment, Initiative


@permission("portfolio.write_case_initiative")
def write_case(user: User, initiative: Initiative) -> bool:
    """Who may edit the initiative or runs it."""
    return (initiative.may_edit(user) or initiative.may_run(user)) and initiative.seen_by(user)


@permission("portfolio.ask_benefit_owner_initiative")
def ask_benefit_owner(user: User, initiative: Initiative) -> bool:
    """Who may write the case, and the head of the department whose person owns the benefit."""
    return BenefitOwner.objects.may_ask(initiative, user) and initiative.seen_by(user)


@permission("portfolio.answer_benefit")
def answer_benefit(user: User, owner: BenefitOwner) -> bool:
    """Who is asked, in person."""
    return owner.person_id == user.pk and owner.initiative.seen_by(user)


@permission("portfolio.decide_baseline")
def decide_baseline(user: User, proposal: BaselineProposal) -> bool:
    """The CXO."""
    return user.standing.holds("cxo") and proposal.initiative.seen_by(user)


@permission("portfolio.withdraw_baseline")
def withdraw_baseline(user: User, proposal: BaselineProposal) -> bool:
    """Who proposed it."""
    return proposal.proposed_by_id == user.pk and proposal.initiative.seen_by(user)


def benefit_for(request: Request, ref: str, number: int) -> BenefitOwner:
    """Somebody who is asked to own the benefit, looked up through the initiative."""
    initiative = initiative_for(request, ref)
    asked = BenefitOwner.objects.filter(initiative=initiative).select_related("person", "department")
    found = scoped(request, asked, "portfolio.answer_benefit", pk=number)
    found.initiative = initiative
    return found


def proposal_for(request: Request, ref: str, number: int, to: str = "decide") -> BaselineProposal:
    """A proposed baseline, looked up through its initiative."""
    initiative = initiative_for(request, ref)
    proposals = BaselineProposal.objects.of(initiative).select_related("proposed_by")
    found = scoped(request, proposals, f"portfolio.{to}_baseline", pk=number)
    found.initiative = initiative
    return found


@permission("portfolio.conclude_experiment")
def conclude_experiment(user: User, experiment: Experiment) -> bool:
    """Who may plan the initiative."""
    initiative: Initiative = experiment.initiative
    return initiative.may_plan(user) and initiative.seen_by(user)


def experiment_for(request: Request, ref: str, number: int) -> Experiment:
    """An experiment, looked up through its initiative."""
    initiative = initiative_for(request, ref)
    found = scoped(request, Experiment.objects.of(initiative), "portfolio.conclude_experiment", pk=number)
    found.initiative = initiative
    return found


EDITORS = f"who drafted it in the lead department; {OWNERS}"


def _rule(url: str, methods: str, act: str, who: str, of: str = "initiative") -> Rule:
    return Rule(f"portfolio:{url}", methods, f"portfolio.{act}", of=of, who=who)


declare(
    _rule("case", "GET", "view_initiative", f"{READERS}; its amounts, who sees the money"),
    _rule("write_case", "GET POST", "write_case_initiative", EDITORS),
    _rule("take_reading", "GET POST", "write_case_initiative", EDITORS),
    _rule("ask_benefit_owner", "GET POST", "ask_benefit_owner_initiative", f"{EDITORS}; head of the benefit owner’s department"),
    _rule("accept_benefit", "POST", "answer_benefit", "who is asked, in person", of="benefit"),
    _rule("decline_benefit", "POST", "answer_benefit", "who is asked, in person", of="benefit"),
    _rule("baseline", "GET", "view_initiative", f"{READERS}; its amounts, who sees the money"),
    _rule("propose_baseline", "GET POST", "write_case_initiative", EDITORS),
    _rule("approve_baseline", "POST", "decide_baseline", "the CXO, not who proposed it or answers for the work", of="baseline"),
    _rule("decline_baseline", "POST", "decide_baseline", "the CXO, not who proposed it or answers for the work", of="baseline"),
    _rule("withdraw_baseline", "POST", "withdraw_baseline", "who proposed it", of="baseline"),
    _rule("experiments", "GET", "view_initiative", READERS),
    _rule("start_experiment", "GET POST", "plan_initiative", f"{EDITORS}; who is responsible"),
    _rule("move_experiment", "GET POST", "conclude_experiment", "who may plan its initiative", of="experiment"),
    _rule("conclude_experiment", "GET POST", "conclude_experiment", "who may plan its initiative", of="experiment"),
)
