"""Decide: how candidates were judged, and the rankings that the CXO published."""

from initiatives.decisions.models.assessment import Assessment, AssessmentQuerySet
from initiatives.decisions.models.lines import Placement, RankedItem, Row
from initiatives.decisions.models.ranking import Ranking, State

__all__ = ["Assessment", "AssessmentQuerySet", "Placement", "RankedItem", "Ranking", "Row", "State"]
