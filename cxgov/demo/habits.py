"""Habits of the demo's company: a further step, the CXO's delegate, an idle rule, an answered flag, a file, a change of mind."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.urls import reverse

from initiatives.core import clock
from initiatives.core.exports import taken_out
from initiatives.funding.models import Delegation, FundingRequest, IdleRule, StepRule
from initiatives.funding.models.flag_answers import Found
from initiatives.funding.reports.flags import answer_flag, flags_page
from initiatives.portfolio.models import Initiative

if TYPE_CHECKING:
    from cxgov.demo.stage import Stage

ABOVE, HIGHEST = Decimal(200_000), Decimal(400_000)
LARGE = "What costs more than a department earns in a month is looked at by the CXO as well."
LARGEST = "The board wants the CEO’s name under the largest ones."
ORDERING, SEARCH = "Order food to the gate", "Find my car again"
SLICES = (("15000", "Card readers for two restaurants"), ("14500", "Card readers for the bakery and the bar"))
TWO_ORDERS = "Two suppliers and two delivery dates; each order was offered and is needed by itself."
TWELVE_WEEKS = "Thirteen weeks were a quarter; controlling looks every twelve."
CONGRESS = "At the airports’ congress; orders below the cap do not wait for it."


class Habits:
    """What happens beside the stories, entered into the company's script."""

    def __init__(self, company: "Stage") -> None:
        self.company, self.plan = company, company.plan

    def write(self) -> None:
        self.plan(30, partial(self.propose_step, "cxo", ABOVE, LARGE))
        self.plan(29, self.confirm_step)
        for place, (amount, purpose) in enumerate(SLICES):
            self.plan(26 - place, partial(self.ask, ORDERING, "RET", amount, purpose))
            self.plan(24 - place, self.approve)
        self.plan(20, self.set_idle)
        self.plan(18, partial(self.ask, SEARCH, "ITS", "25000", "A server for the photos"))
        self.plan(17, self.think_again)
        self.plan(10, self.answer_flag)
        self.plan(6, self.take_out)
        self.plan(4, partial(self.propose_step, "ceo", HIGHEST, LARGEST))
        self.plan(2, self.name_delegate)

    def propose_step(self, signer: str, above: Decimal, reason: str) -> None:
        StepRule.objects.propose(signer=signer, above=above, reason=reason, by=self.company.administrator)

    def confirm_step(self) -> None:
        StepRule.objects.waiting().get().confirm(by=self.company.cxo)

    def ask(self, title: str, code: str, amount: str, purpose: str) -> None:
        thing = Initiative.objects.get(title=title).cost_object
        assert thing.owner is not None
        lines = [(self.company.pools[code], Decimal(amount))]
        FundingRequest.objects.draft(thing, lines=lines, purpose=purpose, by=thing.owner).submit(by=thing.owner)

    def approve(self) -> None:
        """The deputy decides, whose limit the two orders pass together; then finance."""
        thing = Initiative.objects.get(title=ORDERING).cost_object
        request = FundingRequest.objects.waiting().filter(cost_object=thing).earliest("pk")
        request.approve(by=self.company.people["Nadia Petrova"])
        request.approve(by=self.company.second_finance)

    def answer_flag(self) -> None:
        auditor = self.company.people["Aldo Ricci"]
        flag = next(flag for flag in flags_page(auditor).slices if ORDERING in flag.name.label)
        answer_flag(flag.key, found=Found.IN_ORDER, reason=TWO_ORDERS, by=auditor)

    def set_idle(self) -> None:
        IdleRule.objects.set(84, clock.company_day(), by=self.company.finance, reason=TWELVE_WEEKS)

    def think_again(self) -> None:
        thing = Initiative.objects.get(title=SEARCH).cost_object
        request = FundingRequest.objects.waiting().get(cost_object=thing)
        request.withdraw(by=request.requester)

    def take_out(self) -> None:
        rows, of = Initiative.objects.count(), reverse("portfolio:export")
        taken_out(self.company.finance, "initiatives.csv", of=of, rows=rows, filters={"sort": "title"})

    def name_delegate(self) -> None:
        today, cxo = clock.company_day(), self.company.cxo
        terms = {"kind": "cxo", "starts": today, "ends": today + timedelta(days=10), "cap": Decimal(50_000)}
        Delegation.objects.appoint(None, self.company.head("AIR"), by=cxo, reason=CONGRESS, **terms)
