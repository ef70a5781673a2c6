"""What people type about initiatives: shapes only. Which choices there are depends on who asks."""

from typing import Any

from django import forms

from initiatives.core import clock
from initiatives.core.fields import DayField, LineField, ProseField
from initiatives.core.forms import go_on_from, offer
from initiatives.core.money import AmountField
from initiatives.journey.models import Problem, Touchpoint
from initiatives.organization.models import Department, User
from initiatives.portfolio.models import Gate, Health, Initiative, Involvement, Letter
from initiatives.portfolio.models.words import LONG_AGO, Horizon, Type


class InitiativeForm(forms.Form):
    """The description. `version` travels with it, so that nobody saves over somebody's newer edit."""

    title = LineField(max_length=200, help_text="What will be better, in one line.")
    problem = ProseField(
        label="Problem statement",
        max_length=5_000,
        required=False,
        help_text="Which customers fail at what, and how you know. Needed before it is proposed.",
    )
    hypothesis = ProseField(
        max_length=5_000, required=False, help_text="If we do this, then that changes by so much. Needed to measure the benefit."
    )
    lead_department = forms.ModelChoiceField(queryset=Department.objects.none())
    sponsor = forms.ModelChoiceField(queryset=User.objects.none(), required=False)
    type = forms.ChoiceField(choices=(("", "Not said"), *Type.choices), required=False, help_text="What it changes most.")
    category = LineField(max_length=80, required=False)
    horizon = forms.TypedChoiceField(
        choices=[("", "Not said"), *Horizon.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="When the work pays off.",
    )
    starts_on = DayField(label="Start", required=False, earliest=LONG_AGO)
    ends_on = DayField(label="End", required=False, earliest=LONG_AGO)
    cadence_days = forms.IntegerField(label="Days between check-ins", min_value=1, max_value=366, initial=28)
    whole_life_cost = AmountField(label="Whole-life cost", required=False, zero=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, by: User, initiative: Initiative | None = None, **more: Any) -> None:
        if initiative is not None and "initial" not in more:
            kept = {name: getattr(initiative, name) for name in self.base_fields}
            more["initial"] = kept | {"lead_department": initiative.lead_department_id, "sponsor": initiative.sponsor_id}
        super().__init__(*args, **more)
        offer(self, "lead_department", departments_to_lead(by, initiative))
        offer(self, "sponsor", User.objects.visible_to(by).active().in_order())
        if initiative is not None:
            self.fields["version"].required = True
        for name in ("problem", "hypothesis"):
            self.fields[name].widget.attrs["rows"] = 4

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        start, end = given.get("starts_on"), given.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "The end cannot be before the start.")
        return given

    def description(self) -> dict[str, Any]:
        """What was typed, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def departments_to_lead(by: User, initiative: Initiative | None) -> Any:
    """Those that `by` may put in the lead, and the one that is."""
    open_ones = Department.objects.visible_to(by).active().in_order()
    if by.standing.holds("cxo"):
        return open_ones
    own = set(by.standing.belongs_to) if initiative is None else {*by.standing.heads, initiative.lead_department_id}
    return open_ones.filter(pk__in=own)


class InvolvementForm(forms.Form):
    """Which department is asked for which part."""

    department = forms.ModelChoiceField(queryset=Department.objects.none())
    letter = forms.ChoiceField(label="Part", choices=Letter.choices, initial=Letter.RESPONSIBLE)

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "department", Department.objects.visible_to(by).active().in_order())


class PersonForm(forms.Form):
    """Who carries a department's part; nobody chosen: who answers."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), required=False, empty_label="Myself")

    def __init__(self, *args: Any, by: User, involvement: Involvement, **more: Any) -> None:
        super().__init__(*args, **more)
        people = User.objects.visible_to(by).in_department(involvement.department).in_order()
        offer(self, "person", people)


class NamesForm(forms.Form):
    """Who else may see a confidential initiative."""

    names = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="People who may see it too",
        help_text="Sponsor, involved people and the heads of the involved departments see it anyway.",
    )

    def __init__(self, *args: Any, by: User, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, "names", User.objects.visible_to(by).active().in_order())


class CheckInForm(forms.Form):
    """One progress report."""

    health = forms.ChoiceField(choices=Health.choices, widget=forms.RadioSelect)
    percent = forms.IntegerField(label="Percent complete", min_value=0, max_value=100, required=False)
    done = ProseField(label="What was done", max_length=5_000, required=False)
    next_steps = ProseField(label="What comes next", max_length=5_000, required=False)
    blockers = ProseField(label="What blocks it", max_length=5_000, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("done", "next_steps", "blockers"):
            self.fields[name].widget.attrs["rows"] = 3


class MilestoneForm(forms.Form):
    title = LineField(max_length=200)
    due_on = DayField(label="Due")


class MoveForm(forms.Form):
    due_on = DayField(label="New day")
    reason = ProseField(max_length=2_000)


class GateForm(forms.Form):
    """The money that waits at a milestone's gate, and what is asked there; one question a line."""

    tranche = AmountField(label="Tranche held until a go", zero=True)
    must = ProseField(label="Must be met", max_length=3_000, help_text="One a line. Without all of these there is no go.")
    should = ProseField(label="Should be met", max_length=3_000, required=False, help_text="One a line.")

    def clean_must(self) -> list[str]:
        return _lines(self, "must")

    def clean_should(self) -> list[str]:
        return _lines(self, "should")


def _lines(form: forms.Form, name: str) -> list[str]:
    lines = [line.strip() for line in form.cleaned_data[name].splitlines() if line.strip()]
    if any(len(line) > 300 for line in lines):
        raise forms.ValidationError("A question has at most 300 characters; write one a line.")
    return lines


MET = (("", "Not answered"), ("yes", "Met"), ("no", "Not met"))


class AnswersForm(forms.Form):
    """Whether each question of a gate is met, and what shows it."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, gate: Gate, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["shown"].initial = gate.shown()
        self.criteria = list(gate.criteria.all())
        for one in self.criteria:
            met = {True: "yes", False: "no", None: ""}[one.met]
            self.fields[f"met_{one.pk}"] = forms.ChoiceField(label=one.words, choices=MET, required=False, initial=met)
            evidence = ProseField(label="What shows it", max_length=2_000, required=False, initial=one.evidence)
            evidence.widget.attrs["rows"] = 2
            self.fields[f"evidence_{one.pk}"] = evidence

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        for one in self.criteria:
            if typed.get(f"met_{one.pk}") == "yes" and not typed.get(f"evidence_{one.pk}"):
                self.add_error(f"evidence_{one.pk}", "Say what shows that it is met.")
        return typed

    def conflict(self) -> list[dict[str, str]]:
        """What was typed beside what is stored now, where they differ; sent once more, the form is about what is stored now."""
        go_on_from(self, "shown", self["shown"].initial)
        said = dict(MET)
        rows = []
        for one in self.criteria:
            for name, label in ((f"met_{one.pk}", one.words), (f"evidence_{one.pk}", f"What shows it: {one.words}")):
                typed, now = self.cleaned_data[name], self[name].initial
                if typed != now:
                    rows.append({"label": label, "typed": said.get(typed, typed), "now": said.get(now, now)})
        return rows

    def answers(self) -> dict[int, tuple[bool | None, str]]:
        """By question, whether it is met and what shows it."""
        met = {"yes": True, "no": False}
        typed = self.cleaned_data
        return {one.pk: (met.get(typed[f"met_{one.pk}"]), typed[f"evidence_{one.pk}"]) for one in self.criteria}


class HoldForm(forms.Form):
    """When a gate that is not decided now is decided."""

    until = DayField(label="Decide on")
    reason = ProseField(max_length=2_000)


class SavedViewForm(forms.Form):
    name = LineField(max_length=80)
    shared = forms.BooleanField(required=False, label="Colleagues may use it")
    query = forms.CharField(max_length=1_000, required=False, widget=forms.HiddenInput)


class ProblemForm(forms.Form):
    """Which open problem the initiative answers, what hurts most first."""

    problem = forms.ModelChoiceField(queryset=Problem.objects.none())

    def __init__(self, *args: Any, by: User, initiative: Initiative, **more: Any) -> None:
        super().__init__(*args, **more)
        answered = initiative.answered_problems.living().values("problem")
        found = Problem.objects.visible_to(by).open_now().exclude(pk__in=answered)
        offer(self, "problem", found.worst_first(clock.today()))


class TouchpointForm(forms.Form):
    """Which touchpoint the initiative improves."""

    touchpoint = forms.ModelChoiceField(queryset=Touchpoint.objects.none())

    def __init__(self, *args: Any, by: User, initiative: Initiative, **more: Any) -> None:
        super().__init__(*args, **more)
        improved = initiative.improved_touchpoints.living().values("touchpoint")
        found = Touchpoint.objects.visible_to(by).in_use().exclude(pk__in=improved)
        offer(self, "touchpoint", found.select_related("owned").order_by("stage__position", "title", "id"))
