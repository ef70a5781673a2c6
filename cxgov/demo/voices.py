"""The demo's signals and problems (failing.py) acted out: raised, answered, posed, and answered by initiatives."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from cxgov.demo.failing import NOTHING_KNOWN, PROBLEMS, SIGNALS, SWEEP_LASTS, SWEPT, Posed, Said
from cxgov.demo.world import STORIES
from initiatives.journey.models import Problem, Signal, Stage, Sweep, SweepStage, Touchpoint
from initiatives.organization.models import User
from initiatives.portfolio.models import Initiative

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage as Company

TO_ANSWER = 2  # days after a signal was raised


class Voices:
    """What fails, entered into the company's script."""

    def __init__(self, company: "Company") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        for said in SIGNALS:
            self.plan(said.days_ago, partial(self.raise_signal, said))
            if said.became and said.became != "problem":
                self.plan(max(said.days_ago - TO_ANSWER, 0), partial(self.dispose, said))
        for posed in PROBLEMS:
            self.plan(posed.days_ago, partial(self.pose, posed))
            if posed.became:
                self.plan(posed.days_ago - 60, partial(self.end, posed))
            for title in posed.answered_by:
                proposed = next(story.proposed for story in STORIES if story.title == title)
                self.plan(min(posed.days_ago, proposed) - 1, partial(self.answer, posed, title))
        self.plan(SWEPT, self.sweep)
        for title, days_ago in NOTHING_KNOWN.items():
            self.plan(days_ago, partial(self.sign, title))

    def person(self, name: str) -> User:
        return self.company.people[name]

    def who_decides(self, thing: Signal | Problem) -> User:
        """The owner of the touchpoint, as anybody would find them; the CXO where there is none."""
        owned = thing.touchpoint.owned
        return owned.person or owned.steward or self.company.cxo

    def raise_signal(self, said: Said) -> None:
        where = Touchpoint.objects.select_related("owned", "stage__owned").get(title=said.where)
        signal = Signal.objects.raise_signal(
            by=self.person(said.by), touchpoints=[where], title=said.title, text=said.text, source=said.source,
            customers=said.customers,
        )  # fmt: skip
        for name in said.me_too:
            signal.support(by=self.person(name))

    def dispose(self, said: Said) -> None:
        signal = Signal.objects.get(title=said.title)
        by = self.who_decides(signal)
        if said.became == "answered":
            signal.answer(by=by, reason=said.why)
        elif said.became == "dismissed":
            signal.dismiss(by=by, reason=said.why)
        else:
            signal.merge(Signal.objects.get(title=said.became.removeprefix("same as ")), by=by)

    def pose(self, posed: Posed) -> None:
        signals = [Signal.objects.get(title=title) for title in posed.signals]
        where = [Touchpoint.objects.get(title=posed.where)] if posed.where else [signals[0].touchpoint]
        by = where[0].owned.person or self.company.cxo
        evidence = None
        if posed.known:
            source, days_ago, customers, words = posed.known
            day = self.company.today - timedelta(days=days_ago)
            evidence = {"source": source, "observed_on": day, "customers": customers, "words": words}
        Problem.objects.pose(
            by=by, title=posed.title, statement=posed.statement, severity=posed.severity, frequency=Decimal(posed.frequency),
            touchpoints=where, signals=signals, evidence=evidence,
        )  # fmt: skip

    def end(self, posed: Posed) -> None:
        problem = Problem.objects.get(title=posed.title)
        act = problem.solve if posed.became == "solved" else problem.dismiss
        act(by=self.who_decides(problem), reason=posed.why)

    def answer(self, posed: Posed, title: str) -> None:
        initiative = Initiative.objects.get(title=title)
        initiative.answer_problem(Problem.objects.get(title=posed.title), by=self.company.head(initiative.lead_department.code))

    def sweep(self) -> None:
        """The CXO asks every stage what fails there."""
        due_on = self.company.today - timedelta(days=SWEPT - SWEEP_LASTS)
        stages = list(Stage.objects.in_use().select_related("owned__department").order_by("position"))
        Sweep.objects.open_sweep(by=self.company.cxo, due_on=due_on, stages=stages)

    def sign(self, title: str) -> None:
        asked = SweepStage.objects.get(stage__title=title)
        asked.sign(by=asked.department.deciders()[0] if asked.department else self.company.cxo)
