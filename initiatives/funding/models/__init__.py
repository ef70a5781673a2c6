"""Money: pools and what they are given to, the ledger, requests and their approvals."""

from initiatives.funding.models.accounts import Account, Kind
from initiatives.funding.models.actuals import ActualLine
from initiatives.funding.models.agreeing import AGREE
from initiatives.funding.models.budget_changes import CONFIRM_BUDGET, BudgetChange
from initiatives.funding.models.carryovers import CONFIRM_CARRYOVER, CarryOver
from initiatives.funding.models.change_laws import Way
from initiatives.funding.models.consents import Consent, Missing, Side, VirementState
from initiatives.funding.models.control import Exemption
from initiatives.funding.models.control_changes import CONFIRM_CONTROL, ControlChange
from initiatives.funding.models.cost_objects import CostObject
from initiatives.funding.models.deciding import ANSWER
from initiatives.funding.models.delegates import Delegation
from initiatives.funding.models.deliveries import MATCH, Delivery
from initiatives.funding.models.flag_answers import FlagAnswer
from initiatives.funding.models.foreign import ForeignMoney
from initiatives.funding.models.guardrails import CONFIRM_BAND, Guardrail, Share
from initiatives.funding.models.idle_rules import IdleRule
from initiatives.funding.models.keeping import Control, PostingControl
from initiatives.funding.models.ledger import Journal, Transfer
from initiatives.funding.models.limits import CONFIRM, ApprovalLimit
from initiatives.funding.models.lines import SET_ASIDE, LineState, Why
from initiatives.funding.models.listings import Listing
from initiatives.funding.models.natures import Nature
from initiatives.funding.models.papers import Approval, Receipt, RequestLine, State, Step
from initiatives.funding.models.periods import CLOSE, Period
from initiatives.funding.models.pools import Pool
from initiatives.funding.models.posting import Act
from initiatives.funding.models.proposals import LimitState
from initiatives.funding.models.questions import Question
from initiatives.funding.models.rates import ExchangeRate
from initiatives.funding.models.requests import FundingRequest
from initiatives.funding.models.restrictions import ChangeDepartment, ChangeStage, PoolDepartment, PoolStage
from initiatives.funding.models.seeds import ASK
from initiatives.funding.models.step_rules import CONFIRM_STEP, Signer, StepRule
from initiatives.funding.models.virements import Virement
from initiatives.funding.models.years import FiscalYear, Months

__all__ = [
    "AGREE",
    "ANSWER",
    "ASK",
    "CLOSE",
    "CONFIRM",
    "CONFIRM_BAND",
    "CONFIRM_BUDGET",
    "CONFIRM_CARRYOVER",
    "CONFIRM_CONTROL",
    "CONFIRM_STEP",
    "MATCH",
    "SET_ASIDE",
    "Account",
    "Act",
    "ActualLine",
    "Approval",
    "ApprovalLimit",
    "BudgetChange",
    "CarryOver",
    "ChangeDepartment",
    "ChangeStage",
    "Consent",
    "Control",
    "ControlChange",
    "CostObject",
    "Delegation",
    "Delivery",
    "ExchangeRate",
    "Exemption",
    "FiscalYear",
    "FlagAnswer",
    "ForeignMoney",
    "FundingRequest",
    "Guardrail",
    "IdleRule",
    "Journal",
    "Kind",
    "LimitState",
    "LineState",
    "Listing",
    "Missing",
    "Months",
    "Nature",
    "Period",
    "Pool",
    "PoolDepartment",
    "PoolStage",
    "PostingControl",
    "Question",
    "Receipt",
    "RequestLine",
    "Share",
    "Side",
    "Signer",
    "State",
    "Step",
    "StepRule",
    "Transfer",
    "Virement",
    "VirementState",
    "Way",
    "Why",
]
