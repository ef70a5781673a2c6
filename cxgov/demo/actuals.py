"""What the demo's finance takes in from its ledger: one file, two lines of which name nothing that anybody knows here."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile

from initiatives.core.imports import running
from initiatives.core.imports.models import upload
from initiatives.core.imports.saved import mapping_named
from initiatives.core.imports.targets import TARGETS
from initiatives.funding.models import ActualLine
from initiatives.portfolio.models import Initiative

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

HEAD = "Document;Posting date;Amount;Reference;Text"
INVOICES = ("Sensors, second delivery", "Installation", "Licences until summer", "Cabling")
STRAY = (("PRJ-7741", "4820.00", "Wayfinding, arrivals hall"), ("", "640.50", "Radio licences"))
NOT_OURS = "Radio licences belong to operations; nothing here ordered them."


class Feed:
    """The file entered into the company's script, after the orders were placed."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(5, self.deliver)
        self.plan(2, partial(self.set_aside, STRAY[1][1]))

    def deliver(self) -> None:
        """A part of what was ordered, a credit note, and the two lines that wait."""
        day, finance, target = self.company.today - timedelta(days=6), self.company.finance, TARGETS["actuals"]
        ordered = Initiative.objects.filter(cost_object__committed__gt=100).select_related("cost_object").order_by("pk")
        lines = [
            (one.reference, (one.cost_object.committed / 3).quantize(Decimal("0.01")), words)
            for one, words in zip(ordered, INVOICES, strict=False)
        ]
        lines += [(reference, -(amount / 10).quantize(Decimal("0.01")), "Credit note") for reference, amount, _ in lines[:1]]
        lines += [(reference, Decimal(amount), words) for reference, amount, words in STRAY]
        rows = [f"51000{place:02};{day};{amount};{ref};{words}" for place, (ref, amount, words) in enumerate(lines, 1)]
        text = "\n".join([HEAD, *rows, f"Total;;{sum(amount for _, amount, _ in lines)};;"])
        run = upload(target, ContentFile(text.encode()), f"ledger-{day}.csv", by=finance)
        run.map(mapping_named(target, "ledger"), name="ledger")
        run.tried(running.tried(run.table(), run.mapped(), target, finance))
        run.confirm(by=finance, call=False)
        running.run(run.pk)

    def set_aside(self, amount: str) -> None:
        ActualLine.objects.get(amount=Decimal(amount)).set_aside(by=self.company.finance, reason=NOT_OURS)
