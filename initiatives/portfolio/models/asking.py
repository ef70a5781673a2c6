"""What the portfolio waits for: a check-in from who answers for an initiative, an answer from a department that was asked."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.urls import reverse

from initiatives.core import clock
from initiatives.duties.models import Obligation
from initiatives.organization.calendars import working_days_after
from initiatives.organization.models import User

if TYPE_CHECKING:
    from initiatives.portfolio.models.benefit_owner import BenefitOwner
    from initiatives.portfolio.models.experiments import Experiment
    from initiatives.portfolio.models.gates import Gate
    from initiatives.portfolio.models.initiative import Initiative
    from initiatives.portfolio.models.involvement import Involvement
    from initiatives.portfolio.models.owned import Owned
    from initiatives.portfolio.models.rebaselining import BaselineProposal
    from initiatives.portfolio.models.reported import Reported

CHECK_IN = "portfolio.check_in"
ACCEPT = "portfolio.accept_involvement"
SUCCEED = "portfolio.name_successor"
DECIDE_GATE = "portfolio.decide_gate"
OWN_BENEFIT = "portfolio.own_benefit"
DECIDE_BASELINE = "portfolio.decide_baseline"
CONCLUDE = "portfolio.conclude_experiment"
DAYS_TO_ACCEPT = 5
DAYS_TO_DECIDE = 5


def ask_for_check_in(initiative: "Reported", *, due_on: date, by: User | None) -> None:
    """Wait for the next report; of the lead department's head while nobody answers for the initiative."""
    department = initiative.accountable_department or initiative.lead_department
    person = initiative.accountable_person or next(iter(department.deciders()), None)
    if person is not None:
        Obligation.objects.open(
            CHECK_IN,
            initiative,
            person=person,
            due_on=due_on,
            words=f"Report on {initiative.reference}",
            url=reverse("portfolio:check_in", args=[initiative.reference]),
            department=department,
            by=by,
        )


def ask_instead(person: User, initiative: "Owned", tests: "QuerySet[Experiment]", *, by: User | None) -> None:
    """What was asked of who answered before is asked of who answers now: the next report, and what these tests showed."""
    theirs = Q(kind=CHECK_IN, subject_id=initiative.pk) | Q(kind=CONCLUDE, subject_id__in=tests.values("pk"))
    for ask in Obligation.objects.open_now().filter(theirs).exclude(person=person):
        ask.hand_over(person, by=by, reason="Somebody else is accountable.")


def ask_to_accept(involvement: "Involvement", *, by: User | None) -> None:
    """Wait for the department's answer: of its head, or a deputy in their place. A department without either is not asked."""
    if deciders := involvement.department.deciders():
        reference = involvement.initiative.reference
        words = f"Take part in {reference}: {involvement.get_letter_display().lower()}"
        _ask_department(ACCEPT, involvement, deciders, words, by)


def ask_to_name_successor(involvement: "Involvement", heirs: list[User], *, by: User | None) -> None:
    """Wait for the name of who carries the part after somebody left; until then the head does."""
    _ask_department(SUCCEED, involvement, heirs, f"Name who carries {involvement.initiative.reference} now", by)


def _ask_department(kind: str, involvement: "Involvement", people: list[User], words: str, by: User | None) -> None:
    Obligation.objects.open_for(
        people,
        kind,
        involvement,
        due_on=working_days_after(clock.today(people[0].zone), DAYS_TO_ACCEPT, involvement.department),
        words=words,
        url=reverse("portfolio:involvement", args=[involvement.initiative.reference, involvement.pk]),
        department=involvement.department,
        by=by,
    )


def ask_to_decide_gate(gate: "Gate", *, due_on: date | None = None, by: User | None) -> None:
    """Wait for the CXO's verdict on a gate, from the day on which its milestone is met; never of who answers for the work."""
    initiative = gate.milestone.initiative
    Obligation.objects.open_for(
        judges(initiative),
        DECIDE_GATE,
        gate,
        due_on=due_on or working_days_after(clock.today(), DAYS_TO_DECIDE),
        words=f"Decide the gate of {initiative.reference}",
        url=gate.get_absolute_url(),
        department=initiative.lead_department,
        by=by,
    )


def no_gate_to_decide(gates: Iterable["Gate"], *, by: User | None, reason: str) -> None:
    for gate in gates:
        Obligation.objects.excuse(DECIDE_GATE, gate, by=by, reason=reason)


def ask_to_own_benefit(asked: "BenefitOwner", *, by: User | None) -> None:
    """Wait for the answer of who is asked to own a benefit; nobody answers it for them."""
    Obligation.objects.open(
        OWN_BENEFIT,
        asked,
        person=asked.person,
        due_on=working_days_after(clock.today(asked.person.zone), DAYS_TO_ACCEPT, asked.department),
        words=f"Own the benefit of {asked.initiative.reference}",
        url=asked.get_absolute_url(),
        department=asked.department,
        by=by,
    )


def ask_to_decide_baseline(proposal: "BaselineProposal", *, by: User) -> None:
    """Wait for the CXO's answer to a new baseline; never of who proposed it or answers for the work."""
    initiative = proposal.initiative
    Obligation.objects.open_for(
        judges(initiative, by),
        DECIDE_BASELINE,
        proposal,
        due_on=working_days_after(clock.today(), DAYS_TO_DECIDE),
        words=f"Decide the new baseline of {initiative.reference}",
        url=proposal.get_absolute_url(),
        department=initiative.lead_department,
        by=by,
    )


def judges(initiative: "Initiative", *apart: User) -> list[User]:
    """The CXOs who may decide about it: neither who answers for the work nor these."""
    barred = {initiative.accountable_person_id, *(user.pk for user in apart)}
    return [cxo for cxo in User.objects.holding("cxo").in_order() if cxo.pk not in barred]


def ask_to_conclude(experiment: "Experiment", *, by: User) -> None:
    """Wait for the result by the stop date: of who answers for the work, else of who started the experiment."""
    initiative = experiment.initiative
    Obligation.objects.open(
        CONCLUDE,
        experiment,
        person=initiative.accountable_person or experiment.started_by,
        due_on=experiment.stops_on,
        words=f"Say what the experiment of {initiative.reference} showed",
        url=experiment.get_absolute_url(),
        department=initiative.accountable_department or initiative.lead_department,
        by=by,
    )
