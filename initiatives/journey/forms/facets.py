"""The matrix of facets as it is sent: one select for each department in each facet."""

from typing import Any

from django import forms

from initiatives.journey.models import FacetKind, FacetLetter


class FacetsForm(forms.Form):
    """A field "content-12" for each cell on offer. What was not sent stays as it is."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *args: Any, departments: list[int], **more: Any) -> None:
        super().__init__(*args, **more)
        self.names = {f"{kind.value}-{number}": (kind.value, number) for kind in FacetKind for number in departments}
        for name in self.names:
            self.fields[name] = forms.ChoiceField(choices=[("", "–"), *FacetLetter.choices], required=False)

    def cells(self) -> dict[tuple[str, int], str]:
        """(kind of facet, department) → letter, of the cells that were sent."""
        return {cell: self.cleaned_data[name] for name, cell in self.names.items() if name in self.data}


class FacetForm(forms.Form):
    kind = forms.ChoiceField(choices=FacetKind.choices)
