"""Any sequence of acts: signals and their problem are always where a small model says, in Python and in the database alike."""

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from initiatives.core.models import Event
from initiatives.core.rules import RuleBroken
from initiatives.duties.models import Obligation
from initiatives.journey.models import Disposition, Evidence, Problem, ProblemState, Signal
from initiatives.journey.models.failing_words import PROBLEM_STEPS, SIGNAL_STEPS
from tests.cast import Cast
from tests.journey.conftest import Posed, Raise
from tests.journey.test_problems import at_commit

WHY = "Because."
SIGNAL_ACTS = {"answer": "answered", "dismiss": "dismissed", "gather": "gathered", "merge": "duplicate", "reopen": "open"}
PROBLEM_ACTS = {"solve": "solved", "dismiss": "dismissed", "reopen": "open"}
ACTS = [("signal", act) for act in SIGNAL_ACTS] + [("problem", act) for act in PROBLEM_ACTS]


def expected_after(what: str, act: str, signal: str, problem: str) -> tuple[str, str] | None:
    """Where both stand afterwards; None when the act is refused. The oracle, written apart from the code."""
    if what == "problem":
        if (act == "reopen") == (problem == "open"):
            return None
        return signal, PROBLEM_ACTS[act]
    if (act == "reopen") == (signal == "open"):
        return None
    if act == "gather" and problem != "open":
        return None
    return SIGNAL_ACTS[act], problem


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(ACTS), max_size=10))
def test_every_sequence_of_acts_ends_where_the_model_says(
    cast: Cast, raised: Raise, posed: Posed, acts: list[tuple[str, str]]
) -> None:
    tag = Signal.objects.count()
    signal, other, problem = raised(f"Signs {tag}"), raised(f"Lifts {tag}"), posed()
    by, states = cast.head("OPS"), ("open", "open")
    for what, act in acts:
        after = expected_after(what, act, *states)
        subject: Signal | Problem = signal if what == "signal" else problem
        events = Event.objects.about(subject).count()
        try:
            if act in ("gather", "merge"):
                getattr(signal, act)(problem if act == "gather" else other, by=by, reason=WHY)
            else:
                getattr(subject, act)(by=by, reason=WHY)
            taken = True
        except RuleBroken:
            taken = False
        at_commit()
        assert taken == (after is not None), f"{what}.{act} from {states}"
        states = after or states
        kept = Signal.objects.get(pk=signal.pk)
        assert (kept.state, Problem.objects.get(pk=problem.pk).state) == states
        assert Evidence.objects.living().filter(signal=signal).exists() == (kept.state == "gathered")
        assert Obligation.objects.open_now().about(signal).exists() == kept.is_open
        assert Event.objects.about(subject).count() == events + taken


def test_every_state_can_be_reached_and_left() -> None:
    assert {to for _, to in SIGNAL_STEPS} == {start for start, _ in SIGNAL_STEPS} == set(Disposition.values)
    assert {to for _, to in PROBLEM_STEPS} == {start for start, _ in PROBLEM_STEPS} == set(ProblemState.values)
