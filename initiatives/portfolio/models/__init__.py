"""The portfolio: initiatives, the departments' parts in them, milestones, check-ins, and saved views."""

from initiatives.portfolio.models.aim_laws import AimedRequest
from initiatives.portfolio.models.aims import AnsweredProblem, ImprovedTouchpoint
from initiatives.portfolio.models.baselines import Baseline, Plan
from initiatives.portfolio.models.benefit_owner import BenefitOwner
from initiatives.portfolio.models.case import BaselineReading, BusinessCase
from initiatives.portfolio.models.case_words import Better, Points
from initiatives.portfolio.models.experiments import Experiment, Result
from initiatives.portfolio.models.gate_papers import Criterion, GateDecision, GateState, Verdict
from initiatives.portfolio.models.gates import Gate
from initiatives.portfolio.models.grants import InitiativeGroupPermission, InitiativeUserPermission
from initiatives.portfolio.models.initiative import Initiative, may_draft
from initiatives.portfolio.models.involvement import Involvement
from initiatives.portfolio.models.milestones import Milestone
from initiatives.portfolio.models.rebaselining import BaselineProposal, Proposed
from initiatives.portfolio.models.reported import CheckIn
from initiatives.portfolio.models.saved_view import SavedView
from initiatives.portfolio.models.words import (
    CANDIDATES,
    OVER,
    STEPS,
    Health,
    Letter,
    State,
    Status,
    Type,
    health_shown,
    rank_among,
    stale_after,
)

__all__ = [
    "CANDIDATES",
    "OVER",
    "STEPS",
    "AimedRequest",
    "AnsweredProblem",
    "Baseline",
    "BaselineProposal",
    "BaselineReading",
    "BenefitOwner",
    "Better",
    "BusinessCase",
    "CheckIn",
    "Criterion",
    "Experiment",
    "Gate",
    "GateDecision",
    "GateState",
    "Health",
    "ImprovedTouchpoint",
    "Initiative",
    "InitiativeGroupPermission",
    "InitiativeUserPermission",
    "Involvement",
    "Letter",
    "Milestone",
    "Plan",
    "Points",
    "Proposed",
    "Result",
    "SavedView",
    "State",
    "Status",
    "Type",
    "Verdict",
    "health_shown",
    "may_draft",
    "rank_among",
    "stale_after",
]
