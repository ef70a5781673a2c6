"""The customer's journey: what there is to own, who owns it, and what fails in it."""

from initiatives.journey.models.breaches import Breach, watch
from initiatives.journey.models.calls import Call, Hand
from initiatives.journey.models.change_words import Act, ChangeState, Noun
from initiatives.journey.models.changes import MapChange
from initiatives.journey.models.charter import CharterState, CharterVersion
from initiatives.journey.models.charter_votes import Ballot, CharterItem, Choice, ItemKind, Vote
from initiatives.journey.models.charter_waivers import CharterWaiver
from initiatives.journey.models.contest_papers import Claim, Exhibit, Ruling
from initiatives.journey.models.contest_words import CaseState, Settlement
from initiatives.journey.models.contests import Contest
from initiatives.journey.models.entities import DataEntity
from initiatives.journey.models.evidence import Evidence, ProblemTouchpoint
from initiatives.journey.models.facets import Facet, FacetRole
from initiatives.journey.models.failing_words import Disposition, ProblemState, Source
from initiatives.journey.models.flows import Flow
from initiatives.journey.models.grants import OwnedObjectGroupPermission, OwnedObjectUserPermission
from initiatives.journey.models.handoff_sides import HandoffSide
from initiatives.journey.models.handoffs import Handoff
from initiatives.journey.models.map import Channel, MapPolicy, Stage, Touchpoint
from initiatives.journey.models.matrix import MatrixCell
from initiatives.journey.models.news import News
from initiatives.journey.models.ownable import Ownable, OwnableQuerySet
from initiatives.journey.models.owned_objects import OwnedObject
from initiatives.journey.models.ownership import Ownership
from initiatives.journey.models.paths import Journey, Step
from initiatives.journey.models.problems import Problem
from initiatives.journey.models.reading_words import Limit, ReadingKind
from initiatives.journey.models.readings import Reading
from initiatives.journey.models.refusing import when_refused
from initiatives.journey.models.seen import seen
from initiatives.journey.models.settling import settle
from initiatives.journey.models.sight import Sight, looked
from initiatives.journey.models.signals import Signal
from initiatives.journey.models.spells import Spell
from initiatives.journey.models.splitting import Part
from initiatives.journey.models.sweeps import Sweep
from initiatives.journey.models.swept import SweepStage
from initiatives.journey.models.system_words import Course, DataRole, Direction, Lifecycle
from initiatives.journey.models.systems import System
from initiatives.journey.models.truth import TruthPolicy
from initiatives.journey.models.voices import SignalTouchpoint, Voice
from initiatives.journey.models.words import Answer, Ending, FacetKind, FacetLetter, HandoffState, Kind, Refusal, StageKind, State

__all__ = [
    "Act",
    "Answer",
    "Ballot",
    "Breach",
    "Call",
    "CaseState",
    "ChangeState",
    "Channel",
    "CharterItem",
    "CharterState",
    "CharterVersion",
    "CharterWaiver",
    "Choice",
    "Claim",
    "Contest",
    "Course",
    "DataEntity",
    "DataRole",
    "Direction",
    "Disposition",
    "Ending",
    "Evidence",
    "Exhibit",
    "Facet",
    "FacetKind",
    "FacetLetter",
    "FacetRole",
    "Flow",
    "Hand",
    "Handoff",
    "HandoffSide",
    "HandoffState",
    "ItemKind",
    "Journey",
    "Kind",
    "Lifecycle",
    "Limit",
    "MapChange",
    "MapPolicy",
    "MatrixCell",
    "News",
    "Noun",
    "Ownable",
    "OwnableQuerySet",
    "OwnedObject",
    "OwnedObjectGroupPermission",
    "OwnedObjectUserPermission",
    "Ownership",
    "Part",
    "Problem",
    "ProblemState",
    "ProblemTouchpoint",
    "Reading",
    "ReadingKind",
    "Refusal",
    "Ruling",
    "Settlement",
    "Sight",
    "Signal",
    "SignalTouchpoint",
    "Source",
    "Spell",
    "Stage",
    "StageKind",
    "State",
    "Step",
    "Sweep",
    "SweepStage",
    "System",
    "Touchpoint",
    "TruthPolicy",
    "Voice",
    "Vote",
    "looked",
    "seen",
    "settle",
    "watch",
    "when_refused",
]
