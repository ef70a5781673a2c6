"""One story of the demo world, entered into the stage's script: each act on its day, by the person whose act it is."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from cxgov.demo.cases import Cases
from cxgov.demo.experiments import TYPES, Trials
from cxgov.demo.world import RANKED_ON, Story
from initiatives.decisions.models import Assessment, Paper
from initiatives.decisions.models.log import decisions
from initiatives.funding.models import FundingRequest
from initiatives.portfolio.models import Gate, Initiative

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

LIFE = ("draft", "proposed", "assessed", "prioritised", "funded", "active")
LIFE_BEFORE = {"completed": "active", "paused": "active", "declined": "assessed"}  # where a story stood before it ended


class Plot:
    """One story entered into the stage's script: each act on its day, by the person whose act it is."""

    def __init__(self, stage: "Stage", story: Story) -> None:
        self.stage, self.story = stage, story
        self.plan = stage.plan
        self.owner = stage.deliverer(story.lead)
        self.reached = {status: place for place, status in enumerate(LIFE)}[LIFE_BEFORE.get(story.until, story.until)]

    def has(self, status: str) -> bool:
        return self.reached >= LIFE.index(status)

    @property
    def initiative(self) -> Initiative:
        """As the database has it now; the script runs over many days."""
        return Initiative.objects.get(pk=self.key)

    def write(self) -> None:
        story, plan = self.story, self.plan
        plan(story.proposed + 1, self.draft)
        if self.has("proposed"):
            plan(story.proposed, lambda: self.initiative.propose(by=self.stage.head(story.lead)))
            plan(story.proposed - 2, self.answer)
        if story.score:
            plan(story.proposed - 10, self.assess)
        if story.asks:
            plan(min(self.ranked_on - 3, 12), lambda: self.ask(story.asks))  # a request that nobody decides for long expires
        if story.money:
            plan(self.ranked_on - 1, lambda: self.fund(story.money))
        if story.starts and self.has("active"):
            plan(story.starts, self.launch)
            plan(story.starts - 1, self.spend)
        for days_ago, health, percent, done, blockers in story.reports:
            plan(days_ago, partial(self.report, health, percent, done, blockers))
        for title, day, met in story.milestones:
            if met:
                plan(-day, partial(self.meet, title))
            if story.gate and story.gate[0] == title:
                plan(-day - 1, self.pass_gate)
        Cases(self).write()
        Trials(self).write()
        self.end()

    @property
    def ranked_on(self) -> int:
        """Days ago of the first ranking after the assessment."""
        return max(day for day in RANKED_ON if day <= self.story.proposed - 10)

    def draft(self) -> None:
        story, stage = self.story, self.stage
        lead = stage.departments[story.lead]
        starts = stage.today - timedelta(days=story.starts) if story.starts else None
        initiative = Initiative.objects.draft(
            by=self.owner,
            title=story.title,
            problem=story.problem,
            hypothesis=story.hypothesis,
            type=TYPES.get(story.title, ""),
            lead_department=lead,
            sponsor=stage.head(story.lead),
            starts_on=starts,
            ends_on=starts + timedelta(days=story.lasts) if starts else None,
        )
        self.key = initiative.pk
        if story.confidential:
            initiative.make_confidential(by=stage.head(story.lead))
        accountable = (story.accountable or story.lead).rstrip("?")
        initiative.propose_involvement(
            stage.departments[accountable], "A", by=self.owner, person=self.owner if accountable == story.lead else None
        )
        for part in story.involved.split():
            code, letter = part.rstrip("?!").split(":")
            initiative.propose_involvement(stage.departments[code], letter, by=self.owner)

    def answer(self) -> None:
        """The departments' heads accept or decline; a “?” in the story waits to this day."""
        marks = {part.rstrip("?!").split(":")[0]: part[-1] for part in self.story.involved.split()}
        if self.story.accountable.endswith("?"):
            marks[self.story.accountable.rstrip("?")] = "?"
        for involvement in self.initiative.involvements.select_related("department", "person"):
            code = involvement.department.code
            match marks.get(code):
                case "?":
                    continue
                case "!":
                    involvement.decline(by=self.stage.head(code), reason="Airlines keep their own registers; ask them first.")
                case _:
                    person = involvement.person or self.stage.deliverer(code)
                    involvement.accept(by=self.stage.head(code), person=person)

    def assess(self) -> None:
        assert self.story.score is not None
        value, effort, rationale = self.story.score
        Assessment.objects.assess(self.initiative, value=value, effort=effort, rationale=rationale, by=self.stage.cxo)

    def ask(self, money: dict[str, str]) -> FundingRequest:
        request = FundingRequest.objects.draft(
            self.initiative.cost_object,
            lines=[(self.stage.pools[code], Decimal(amount)) for code, amount in money.items()],
            purpose=f"First year of the work: {self.story.hypothesis}",
            by=self.owner,
        )
        request.submit(by=self.owner)
        return request

    def fund(self, money: dict[str, str]) -> None:
        """What is promised by when is planned; every pool's decider approves, then finance; the last approval allocates."""
        for title, day, _ in self.story.milestones:
            self.initiative.add_milestone(title, self.stage.today + timedelta(days=day), by=self.owner)
        request = self.ask(money)
        for code in money:
            decider = self.stage.head(code) if code else self.stage.cxo
            request.approve(by=decider, pool=self.stage.pools[code])
        request.approve(by=self.stage.second_finance)

    def launch(self) -> None:
        initiative = self.initiative
        initiative.launch(by=self.stage.head(self.story.lead))
        if self.story.gate:
            title, tranche, questions, _ = self.story.gate
            must = [words for words, _ in questions]
            milestone = initiative.milestones.get(title=title)
            Gate.objects.set_gate(milestone, Decimal(tranche), must=must, should=[], by=self.stage.cxo)

    def spend(self) -> None:
        """Orders are placed, invoices paid: the story's share of each pool's allocation."""
        cost_object = self.initiative.cost_object
        for code, amount in self.story.money.items():
            part = (Decimal(amount) * Decimal(self.story.spent)).quantize(Decimal("0.01"))
            if part:
                ordered = min(Decimal(amount), (part * Decimal("1.25")).quantize(Decimal("0.01")))
                cost_object.commit(self.stage.pools[code], ordered, by=self.owner, memo="Orders placed")
                cost_object.spend(self.stage.pools[code], part, by=self.stage.finance, memo="Invoices paid")

    def pass_gate(self) -> None:
        """Who delivers answers what is known; where everything is, the CXO lets the money go."""
        assert self.story.gate is not None
        title, _, questions, why = self.story.gate
        gate, evidence = Gate.objects.get(milestone__title=title, milestone__initiative=self.key), dict(questions)
        known = {one.pk: evidence[one.words] for one in gate.criteria.all()}
        gate.answer({pk: (True if words else None, words) for pk, words in known.items()}, by=self.owner)
        if why:
            gate.go(by=self.stage.cxo, reason=why)
            Paper.objects.weigh(
                decisions(self.stage.cxo).latest("pk"),
                rationale=f"{why} The last pier costs no more than the first two.",
                options="Stop after two piers and buy cleaning hours instead\nBuy counters for the rail station first",
                dissent="Finance: two piers are a small sample; wait for the summer.",
                review_on=self.stage.today + timedelta(days=75),
                by=self.stage.cxo,
            )

    def meet(self, milestone: str) -> None:
        self.initiative.milestones.get(title=milestone).meet(by=self.owner)

    def report(self, health: str, percent: int, done: str, blockers: str) -> None:
        self.initiative.check_in(by=self.owner, health=health, percent=percent, done=done, blockers=blockers)

    def end(self) -> None:
        """How the story ends, where it has ended."""
        story, cxo = self.story, self.stage.cxo
        head = self.stage.head(story.lead)
        match story.until:
            case "completed":
                self.plan(110, lambda: self.initiative.complete(by=head))
            case "paused":
                self.plan(100, lambda: self.initiative.pause(by=head, reason="Two contracts run until next year."))
            case "declined":
                self.plan(150, lambda: self.initiative.decline(by=cxo, reason="Too early: ask again with three airlines."))
