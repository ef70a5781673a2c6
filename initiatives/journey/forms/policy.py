"""What the CXO types about the numbers by which the map is kept."""

from typing import Any

from django import forms

from initiatives.core.fields import ProseField
from initiatives.journey.models import MapPolicy

HELP = {
    "moment_factor": "What a moment of truth weighs more. A new factor weighs the whole map anew; earlier days keep theirs.",
    "days_to_answer": "Working days for an answer: to own something, to decide about a change.",
    "attest_days": "Days after which who owns something says again that it is theirs.",
    "most_share": "Above this share of the owned weight in one department, ownership lies in too few hands.",
    "most_concentration": "Above this sum of squared shares, ownership lies in too few hands.",
    "sight_members": "So many members of a department must have looked at a stage …",
    "sight_days": "… in so many days, so that the department counts as looking at it.",
    "blind_below": "A department that sees less of the weight than this is called blind.",
}
LEAST = {"moment_factor": 1, "days_to_answer": 1, "attest_days": 7, "sight_members": 1, "sight_days": 1}
MOST = {"moment_factor": 20, "days_to_answer": 60, "attest_days": 1_000, "sight_members": 100, "sight_days": 366}


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for type checkers
    reason = ProseField(max_length=2_000, help_text="Everybody who reads the map's numbers reads it.")

    class Meta:
        model = MapPolicy
        fields = MapPolicy.numbers()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, asked in self.fields.items():
            asked.help_text = HELP.get(name, asked.help_text)
            if name in LEAST:
                self.fields[name] = forms.IntegerField(
                    label=asked.label, help_text=asked.help_text, min_value=LEAST[name], max_value=MOST[name]
                )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("most_share", "most_concentration", "blind_below"):
            if name in given and not 0 <= given[name] <= 1:
                self.add_error(name, "Between 0 and 1.")
        return given

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}
