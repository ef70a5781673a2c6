"""What the CXO types about the numbers by which the map is kept."""

from typing import Any

from django import forms

from initiatives.core.fields import ProseField
from initiatives.journey.models import MapPolicy
from initiatives.journey.policy_words import LABELS

HELP = {
    "moment_factor": "What a moment of truth weighs more. A new factor weighs the whole map anew; earlier days keep theirs.",
    "days_to_answer": "In working days: to own something, to decide about a change.",
    "attest_days": "In calendar days; then who owns something says again that it is theirs.",
    "days_to_triage": "In working days: until somebody says what becomes of a signal.",
    "initiatives_need_problem": "A draft names the problem that it answers before it can be proposed.",
    "funding_needs_charter": "Until the departments have ratified a charter, nobody asks for money; the CEO may waive it.",
    "funding_needs_case": "Who asks for money shows cost, benefit, a metric with its baseline and who owns it. Seeds need none.",
    "test_within": "In calendar days; later it is listed under Prove as long as nobody has started an experiment of it.",
    "most_share": "From 0 to 1; 0.5 is half. With more of the owned weight in one department, ownership lies in too few hands.",
    "most_concentration": "From 0 (spread) to 1 (one department): the sum of the squared shares. Above it, too few hands.",
    "sight_members": "So many people of a department must have opened something of a stage for the department to look at it.",
    "sight_days": "In calendar days.",
    "blind_below": "From 0 to 1; 0.3 is 30 %. A department that looks at less of the journey’s weight than this is called blind.",
    "rating_n_min": "A channel with fewer ratings in twelve months is shown, and not compared with others.",
    "contact_cap": "Outbound contacts per customer in 30 days, of a stage. Above it a problem is opened. Empty: no cap.",
    "moment_floor": "From 0 to 1, on the scale of the rating; 0.5 is its middle. Below it a problem is opened. Empty: no floor.",
}
LIMITS = {
    "moment_factor": (1, 20),
    "days_to_answer": (1, 60),
    "attest_days": (7, 1_000),
    "test_within": (1, 1_000),
    "sight_members": (1, 100),
    "sight_days": (1, 366),
    "rating_n_min": (1, 10_000),
}


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for type checkers
    reason = ProseField(max_length=2_000, help_text="Everybody who reads the map's numbers reads it.")

    class Meta:
        model = MapPolicy
        fields = MapPolicy.numbers()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, asked in self.fields.items():
            asked.label, asked.help_text = LABELS.get(name, asked.label), HELP.get(name, asked.help_text)
            if name in LIMITS:
                least, most = LIMITS[name]
                self.fields[name] = forms.IntegerField(
                    label=asked.label, help_text=asked.help_text, min_value=least, max_value=most
                )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("most_share", "most_concentration", "blind_below", "moment_floor"):
            if given.get(name) is not None and not 0 <= given[name] <= 1:
                self.add_error(name, "Between 0 and 1.")
        if given.get("contact_cap") is not None and given["contact_cap"] < 0:
            self.add_error("contact_cap", "Not below zero.")
        return given

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
