"""One pass over a file of finance's: where each line belongs, and taking it in. The pages show what the plan expects."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from initiatives.core.imports.models import ImportRun
from initiatives.core.imports.table import Problem
from initiatives.core.imports.targets import TARGETS, Outcome, Record, Step
from initiatives.core.money import is_a_currency
from initiatives.funding.imports.places import Place, Places
from initiatives.funding.models import ActualLine, Delivery, Why
from initiatives.funding.models.posting import content_of
from initiatives.organization.models import User

SAID = ("document", "day", "amount", "currency", "reference", "nature", "cost_centre", "text")


@dataclass
class How:
    """What becomes of one line: its facts, and where it belongs."""

    row: int
    facts: dict[str, Any]
    place: Place


class ActualJob:
    """One pass over a file: a few queries look up all that its lines refer to."""

    def __init__(self, records: Sequence[Record], by: User) -> None:
        self.by, self.notes = by, list[str]()
        self.said = [facts_of(record) for record in records if not record.problems and not record.withheld]
        documents = {facts["document"] for facts in self.said}
        known = ActualLine.objects.filter(document__in=documents) if documents else ActualLine.objects.none()
        self.known: dict[tuple[str, str], set[str]] = {}
        for source, document, content in known.values_list("source", "document", "content"):
            self.known.setdefault((source.lower(), document.lower()), set()).add(content)
        self.places = Places({facts["reference"] for facts in self.said} - {""}, by)
        self.rows: dict[tuple[str, str], int] = {}
        self.planned: list[How] = []
        self.waiting: Counter[Why] = Counter()
        self.delivery: Delivery | None = None

    # -- what it would do --------------------------------------------------------------------------------------------------

    def plan(self, record: Record) -> Step:
        if problems := self._problems(record):
            return Step(problems=problems)
        facts = facts_of(record)
        key = (facts["source"].lower(), facts["document"].lower())
        before = self.known.get(key, set())
        if facts["content"] in before:
            return Step(Outcome.UNCHANGED)
        place = Place(why=Why.CONFLICT, problem=SAID_BEFORE) if before else self.places.of(facts)
        self.planned.append(how := How(record.row, facts, place))
        if place.why:
            self.waiting[place.why] += 1
        self._note()
        return Step(Outcome.CREATED, how=how)

    def _problems(self, record: Record) -> list[Problem]:
        said, values = list[tuple[str, object, str]](), record.values
        for name, sentence in record.withheld.items():
            said.append((name, sentence, "This cannot be withheld: it is what the ledger says."))
        if not said:
            key = (values["source"].lower(), values["document"].lower())
            if (earlier := self.rows.setdefault(key, record.row)) != record.row:
                said.append(("document", values["document"], f"Row {earlier} is of the same document."))
            if not values["amount"]:
                said.append(("amount", values["amount"], "A line of nothing says nothing."))
            if (code := values.get("currency")) and not is_a_currency(code.upper()):
                said.append(("currency", code, "A currency is written with its three letters, such as USD."))
        return [Problem.at(record.row, column, value, message) for column, value, message in said]

    def _note(self) -> None:
        """Say how many lines are posted, and how many wait for which reason."""
        posted, waiting = len(self.planned) - self.waiting.total(), self.waiting.total()
        reasons = "; ".join(f"{why.label.lower()} ({n})" for why, n in sorted(self.waiting.items()))
        said = f"{posted} of {len(self.planned)} new lines can be posted; {waiting} wait to be matched"
        self.notes[:] = [f"{said}: {reasons}." if reasons else f"{said}."]

    # -- doing it ----------------------------------------------------------------------------------------------------------

    def apply(self, step: Step) -> None:
        """Store the line; what can be posted is posted afterwards (posting.py), and locks nothing until then."""
        if step.how is None:
            return
        how: How = step.how
        if self.delivery is None:
            self.delivery = self._begun()
        line = ActualLine.objects.create(delivery=self.delivery, row=how.row, why=Why.ARRIVED, **how.facts)
        if how.place.why is not None:
            line.queue(how.place.why, how.place.problem, by=self.by, names=how.place.thing)

    def _begun(self) -> Delivery:
        run = ImportRun.objects.open().into(TARGETS["actuals"]).get(by=self.by)  # one at a time is open
        total = sum((how.facts["amount"] for how in self.planned), Decimal(0))
        return Delivery.objects.create(run=run, by=self.by, count=len(self.planned), total=total)


SAID_BEFORE = "An earlier file says something else of this document."


def facts_of(record: Record) -> dict[str, Any]:
    """What the line says, and the hash of it."""
    values = {name: record.values.get(name) or "" for name in ("source", *SAID)}
    values["currency"] = (values["currency"] or settings.CURRENCY).upper()
    values["content"] = content_of("actual", **{name: values[name] for name in SAID if name != "document"})
    return values
