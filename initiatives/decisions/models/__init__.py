"""Decide: how candidates were judged, the rankings that the CXO published, and what was weighed for every decision."""

from initiatives.decisions.models.assessment import Assessment, AssessmentQuerySet
from initiatives.decisions.models.lines import Placement, RankedItem, Row
from initiatives.decisions.models.log import Outcome, Paper
from initiatives.decisions.models.plan_drafts import PlanDraft
from initiatives.decisions.models.portions import Portion, RoundBallot, RoundCandidate
from initiatives.decisions.models.ranking import Ranking, State
from initiatives.decisions.models.rounds import Round, RoundState
from initiatives.decisions.models.scenarios import Scenario, ScenarioLine, ScenarioState
from initiatives.decisions.models.wanted import PaperBound

__all__ = [
    "Assessment",
    "AssessmentQuerySet",
    "Outcome",
    "Paper",
    "PaperBound",
    "Placement",
    "PlanDraft",
    "Portion",
    "RankedItem",
    "Ranking",
    "Round",
    "RoundBallot",
    "RoundCandidate",
    "RoundState",
    "Row",
    "Scenario",
    "ScenarioLine",
    "ScenarioState",
    "State",
]
