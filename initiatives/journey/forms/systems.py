"""What people type about systems, data entities and flows: shapes only. Which choices there are depends on who asks."""

from typing import Any

from django import forms

from initiatives.core.fields import CodeField, LineField, ProseField
from initiatives.core.forms import offer
from initiatives.core.money import AmountField
from initiatives.journey.models import Course, DataEntity, DataRole, Direction, Lifecycle, Stage, System, Touchpoint
from initiatives.journey.models.flows import LONGEST, Flow
from initiatives.journey.models.truth import TruthPolicy
from initiatives.organization.models import User

UNITS = {"1": "minutes", "60": "hours", "1440": "days"}


def several(**more: Any) -> Any:
    """Any number of what the reader may see, each with a box to tick."""
    return forms.ModelMultipleChoiceField(Stage.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, **more)


class SystemForm(forms.Form):
    """The register's entry. `version` travels with it, so that nobody saves over somebody's newer edit."""

    title = LineField(max_length=200, help_text="As people in the company call it.")
    description = ProseField(max_length=5_000, required=False)
    capability = LineField(max_length=80, required=False, help_text="The discipline that it serves, such as CRM or survey.")
    vendor = LineField(max_length=120, required=False)
    yearly_cost = AmountField(label="Yearly cost", required=False, zero=True)
    lifecycle = forms.ChoiceField(choices=[one for one in Lifecycle.choices if one[0] != Lifecycle.RETIRED], initial="in_use")
    course = forms.ChoiceField(choices=Course.choices, initial=Course.SUSTAIN, help_text="What is intended with it.")
    stages = several(label="Stages it serves")
    touchpoints = several(label="Touchpoints it serves")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, by: User, system: System | None = None, **more: Any) -> None:
        if system is not None and "initial" not in more:
            served = {name: list(getattr(system, name).values_list("pk", flat=True)) for name in ("stages", "touchpoints")}
            more["initial"] = {name: getattr(system, name) for name in (*System.EDITABLE, "version")} | served
        super().__init__(*args, **more)
        served_by = {"stages": Stage.objects.visible_to(by).in_use(), "touchpoints": Touchpoint.objects.visible_to(by).in_use()}
        for name, things in served_by.items():
            offer(self, name, things, words=lambda one: one.title)
        offer(self, "touchpoints", served_by["touchpoints"].order_by("stage__position", "title"))
        self.fields["version"].required = system is not None
        self.fields["description"].widget.attrs["rows"] = 3

    def values(self) -> dict[str, Any]:
        """What was typed about the system itself."""
        return {name: self.cleaned_data[name] for name in System.EDITABLE}

    def served(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("stages", "touchpoints")}


class EntityForm(forms.Form):
    title = LineField(max_length=200)
    description = ProseField(max_length=2_000, required=False)
    context = forms.BooleanField(
        required=False, label="Needed at every contact", help_text="Whoever serves the customer next should know it."
    )
    needed_at = several(
        label="Needed at these touchpoints",
        help_text="A touchpoint that is named by any entity needs those that name it, and no others.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, by: User, entity: DataEntity | None = None, **more: Any) -> None:
        if entity is not None:
            needed = list(entity.needed_at.values_list("pk", flat=True))
            more["initial"] = {name: getattr(entity, name) for name in (*DataEntity.EDITABLE, "version")} | {"needed_at": needed}
        super().__init__(*args, **more)
        places = Touchpoint.objects.visible_to(by).in_use().order_by("stage__position", "title")
        offer(self, "needed_at", places, words=lambda one: one.title)
        self.fields["version"].required = entity is not None
        self.fields["description"].widget.attrs["rows"] = 3
        if entity is None:
            del self.fields["needed_at"]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in DataEntity.EDITABLE}


class CellForm(forms.Form):
    """What one system does with the data of one entity, in one region."""

    roles = forms.MultipleChoiceField(choices=DataRole.choices, required=False, widget=forms.CheckboxSelectMultiple)
    region = CodeField(
        max_length=40, required=False, help_text="Empty for everywhere; a code such as EU where it is so in that region only."
    )

    def clean_region(self) -> str:
        return str(self.cleaned_data["region"]).upper()


class IntervalFields(forms.Form):
    """A length of time as a number and its unit."""

    every = forms.IntegerField(min_value=0, max_value=LONGEST)
    unit = forms.ChoiceField(choices=UNITS.items(), initial="60")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "every" in given and "unit" in given:
            given["minutes"] = given["every"] * int(given["unit"])
            if given["minutes"] > LONGEST:
                self.add_error("every", "A year at most.")
        return given


def in_units(minutes: int) -> dict[str, Any]:
    """The largest unit that says it in a whole number."""
    unit = next((size for size in (1440, 60) if minutes and minutes % size == 0), 1)
    return {"every": minutes // unit, "unit": str(unit)}


class FlowForm(IntervalFields):
    target = forms.ModelChoiceField(queryset=System.objects.none(), label="To")
    entity = forms.ModelChoiceField(queryset=DataEntity.objects.none(), label="Data")
    key = LineField(max_length=80, label="Key", help_text="By what the customer is known on both sides: customer number, e-mail.")
    direction = forms.ChoiceField(choices=Direction.choices, initial=Direction.ONE_WAY)
    online = forms.BooleanField(
        required=False, initial=True, label="Online", help_text="Passed on by itself; otherwise somebody carries or retypes it."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    field_order = ("target", "entity", "key", "direction", "every", "unit", "online", "version")
    apart = ("every", "unit")  # a flow keeps minutes; its `every` are words

    def __init__(self, *args: Any, by: User, source: System, flow: Flow | None = None, **more: Any) -> None:
        if flow is not None:
            kept = {name: getattr(flow, name) for name in ("key", "direction", "online", "version")}
            more["initial"] = kept | in_units(flow.minutes)
        super().__init__(*args, **more)
        self.fields["every"].label = "Passed on every"
        self.fields["every"].help_text = "0 for at once."
        self.fields["version"].required = flow is not None
        if flow is not None:
            del self.fields["target"], self.fields["entity"]
            return
        others = System.objects.visible_to(by).in_use().exclude(pk=source.pk).order_by("title")
        offer(self, "target", others)
        offer(self, "entity", DataEntity.objects.visible_to(by).in_use().order_by("pk"))

    def values(self) -> dict[str, Any]:
        """What was typed about the flow itself."""
        return {name: self.cleaned_data[name] for name in Flow.EDITABLE}


class ViewForm(IntervalFields):
    """Where the single view stands, and what the organisation wants to reach."""

    node = forms.ModelChoiceField(
        queryset=System.objects.none(), required=False, label="Single view", empty_label="None yet",
        help_text="The system in which everything known about a customer comes together.",
    )  # fmt: skip
    view_target = forms.IntegerField(label="Single-view reach to reach, %", min_value=0, max_value=100, required=False)
    link_target = forms.IntegerField(label="Online-offline link to reach, %", min_value=0, max_value=100, required=False)
    repeat_target = forms.IntegerField(label="Repeat risk to stay under, %", min_value=0, max_value=100, required=False)
    reason = ProseField(max_length=2_000, label="Reason")

    field_order = ("node", "every", "unit")

    def __init__(self, *args: Any, by: User, policy: TruthPolicy, **more: Any) -> None:
        names = ("node", "view_target", "link_target", "repeat_target")
        more["initial"] = {name: getattr(policy, name) for name in names} | in_units(policy.limit_minutes)
        super().__init__(*args, **more)
        self.fields["every"].label = "Data may be this old"
        offer(self, "node", System.objects.visible_to(by).running().order_by("title"))
        self.fields["reason"].widget.attrs["rows"] = 2

    def values(self) -> dict[str, Any]:
        names = ("node", "view_target", "link_target", "repeat_target", "reason")
        return {name: self.cleaned_data[name] for name in names} | {"limit_minutes": self.cleaned_data["minutes"]}
