"""The glossary and the code's own vocabularies say the same words."""

from pathlib import Path

import pytest
from django.conf import settings

from initiatives.journey.models.change_words import Act, ChangeState, Noun
from initiatives.journey.models.charter import CharterState
from initiatives.journey.models.charter_votes import Choice, ItemKind
from initiatives.journey.models.contest_words import CaseState, Settlement
from initiatives.journey.models.failing_words import Disposition, ProblemState, Source, SweepState
from initiatives.journey.models.reading_words import Limit, ReadingKind
from initiatives.journey.models.system_words import Course, DataRole, Direction, Lifecycle
from initiatives.journey.models.words import Answer, HandoffState, Kind, StageKind, State
from initiatives.organization.models import RoleKind
from initiatives.portfolio.models.case_words import Better
from initiatives.portfolio.models.experiments import Result
from initiatives.portfolio.models.gate_papers import GateState, Verdict
from initiatives.portfolio.models.rebaselining import Proposed
from initiatives.portfolio.models.words import Health, Letter, Status, Type

GLOSSARY = Path(settings.BASE_DIR, "docs", "GLOSSARY.md").read_text(encoding="utf-8").lower()


WORDS = [
    Act,
    ChangeState,
    Noun,
    RoleKind,
    Status,
    Health,
    Letter,
    GateState,
    Result,
    Type,
    Better,
    Proposed,
    Verdict,
    StageKind,
    Kind,
    State,
    Answer,
    Lifecycle,
    Course,
    DataRole,
    Direction,
    CharterState,
    CaseState,
    Settlement,
    Choice,
    ItemKind,
    Source,
    Disposition,
    ProblemState,
    HandoffState,
    SweepState,
    ReadingKind,
    Limit,
]


@pytest.mark.parametrize("words", WORDS)
def test_every_word_of_the_code_stands_in_the_glossary(words) -> None:
    assert [label for label in words.labels if label.lower() not in GLOSSARY] == []
