"""The map of the seeded company: twelve stages, ten channels, touchpoints in proportion, who owns them, and what is handed on.

Two thirds of the touchpoints are owned, some of them missed an attestation; the rest wait for an owner. Written in bulk, like the
company around it (cxgov/seed.py).
"""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import TypeVar

from django.db import connection

from initiatives.core import clock
from initiatives.journey.models import (
    Answer,
    Channel,
    Handoff,
    HandoffSide,
    HandoffState,
    Journey,
    Ownable,
    OwnedObject,
    Ownership,
    Spell,
    Stage,
    StageKind,
    State,
    Step,
    Touchpoint,
)
from initiatives.organization.models import Department, User

Thing = TypeVar("Thing", bound=Ownable)
Owner = tuple[Department, User]

STAGES = (StageKind.PRE_SALE,) * 4 + (StageKind.POST_SALE,) * 6 + (StageKind.EMPLOYEE,) * 2
CHANNELS = 10
TOUCHPOINTS = 300  # at most: a larger map is not drawn as one
JOURNEYS, PATH = 4, 11  # so many customers' journeys, each through so many touchpoints with a handoff between each two


class Map:
    def __init__(self, dice: Random, size: int, owners: list[Owner], cxo: User) -> None:
        self.dice, self.owners, self.cxo, self.today = dice, owners, cxo, clock.today()
        self.many = max(len(STAGES), min(TOUCHPOINTS, 3 * size // 10))

    def write(self) -> None:
        kinds = enumerate(STAGES, start=1)
        stages = self.own([Stage(title=f"Stage {place}", kind=kind, position=place) for place, kind in kinds])
        channels = Channel.objects.bulk_create(
            Channel(name=f"Channel {place}", position=place, online=place % 3 == 0) for place in range(1, CHANNELS + 1)
        )
        touchpoints = self.own(
            [
                Touchpoint(
                    title=f"Contact number {number} of the journey",
                    stage=stages[number % len(stages)],
                    channel=self.dice.choice(channels),
                    reach=1_000 * self.dice.randrange(1, 400),
                    moment_of_truth=self.dice.random() < 0.1,
                )
                for number in range(self.many)
            ]
        )
        self.hand_on(touchpoints)

    def own(self, things: list[Thing]) -> list[Thing]:
        """Write them with what can be owned of them, and who owns it since when."""
        model = type(things[0])
        for thing, reference in zip(things, references(model.PREFIX, len(things)), strict=True):
            thing.reference = reference
            thing.owned = self.owned(thing)
        OwnedObject.objects.bulk_create([thing.owned for thing in things])
        for thing in things:
            thing.owned_id = thing.owned.pk
        owned = [thing.owned for thing in things if thing.owned.state == State.OWNED]
        Ownership.objects.bulk_create(
            Ownership(
                owned=one,
                department=one.department,
                person=one.person,
                answer=Answer.ACCEPTED,
                proposed_by=self.cxo,
                proposed_at=one.since,
                answered_by=one.person,
                answered_at=one.since,
                answer_by=clock.day_of(one.since),
            )
            for one in owned
        )
        kept = [(thing.owned, {name: getattr(thing.owned, name) for name in Spell.KEPT}) for thing in things]
        Spell.objects.bulk_create(Spell(owned=one, began=one.since, **values) for one, values in kept)
        return model._default_manager.bulk_create(things)

    def owned(self, thing: Ownable) -> OwnedObject:
        weight = Decimal(thing.reach * (3 if thing.moment_of_truth else 1)) if isinstance(thing, Touchpoint) else Decimal(0)
        since = clock.now() - timedelta(days=self.dice.randrange(1, 150))
        one = OwnedObject(kind=thing.KIND, reference=thing.reference, name=thing.title, weight=weight, since=since)
        if self.dice.random() < 2 / 3:
            one.state = State.OWNED
            one.department, one.person = self.dice.choice(self.owners)
            one.attest_by, one.lapses = self.day(self.dice.randrange(30, 180)), int(self.dice.random() < 0.1)
        return one

    def day(self, ahead: int) -> date:
        return self.today + timedelta(days=ahead)

    def hand_on(self, touchpoints: list[Touchpoint]) -> None:
        """Journeys through the map; along them both sides agreed to every second handoff, where both are owned."""
        journeys = Journey.objects.bulk_create(Journey(title=f"Journey {number}") for number in range(1, JOURNEYS + 1))
        paths = [self.dice.sample(touchpoints, min(PATH, len(touchpoints))) for _ in journeys]
        Step.objects.bulk_create(
            Step(journey=journey, touchpoint=one, position=place)
            for journey, path in zip(journeys, paths, strict=True)
            for place, one in enumerate(path, start=1)
        )
        ways = sorted({(here, there) for path in paths for here, there in pairwise(path)}, key=_keys)
        terms = {"passes": "What was said", "hours": 1}
        handoffs = Handoff.objects.bulk_create(
            Handoff(reference=reference, giver=here, taker=there, state=_state(place, here, there), **terms)
            for place, (reference, (here, there)) in enumerate(zip(references("HOF", len(ways)), ways, strict=True))
        )
        HandoffSide.objects.bulk_create(
            self.side(handoff, end.owned, taking)
            for handoff in handoffs
            for taking, end in ((False, handoff.giver), (True, handoff.taker))
        )

    def side(self, handoff: Handoff, owned: OwnedObject, taking: bool) -> HandoffSide:
        side = HandoffSide(handoff=handoff, taking=taking, department=owned.department)
        if handoff.state == HandoffState.AGREED:
            side.answer, side.answered_by, side.answered_at = Answer.ACCEPTED, owned.person, clock.now()
        return side


def references(prefix: str, many: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT journey_next_reference(%s) FROM generate_series(1, %s)", [prefix, many])
        return [reference for (reference,) in cursor.fetchall()]


def _keys(way: tuple[Touchpoint, Touchpoint]) -> tuple[int, int]:
    return way[0].pk, way[1].pk


def _state(place: int, here: Touchpoint, there: Touchpoint) -> str:
    both = here.owned.state == there.owned.state == State.OWNED
    return HandoffState.AGREED if both and place % 2 else HandoffState.PROPOSED
