"""The form that takes a file for an import, and what is stated about it."""

from typing import Any

from django import forms

from initiatives.core.imports.control import Control
from initiatives.core.imports.saved import mapping_names
from initiatives.core.imports.targets import Target
from initiatives.core.money import AmountField

ROWS = "How many the file holds, by whoever made it. Not needed where the last row is a total."
SUM = "What their amounts add up to, in the file's own unit. The file is taken in only when what is read agrees."


class ControlForm(forms.Form):
    """What is stated about a file, where its target asks for it."""

    rows = forms.IntegerField(label="Rows", required=False, min_value=0, max_value=1_000_000, help_text=ROWS, localize=False)
    total = AmountField(label="Sum", required=False, zero=True, negative=True, help_text=SUM)

    def __init__(self, *args: Any, target: Target, **more: Any) -> None:
        super().__init__(*args, **more)
        if not target.controlled:
            del self.fields["rows"], self.fields["total"]

    def stated(self) -> Control:
        return Control(self.cleaned_data.get("rows"), self.cleaned_data.get("total"))


class UploadForm(ControlForm):
    file = forms.FileField(
        label="File", help_text="CSV or XLSX, at most 10 MB. Nothing is stored before you have seen what it would do."
    )
    mapping = forms.ChoiceField(
        label="Mapping", required=False, help_text="Saved for files of this kind. It can be changed on the next page."
    )

    field_order = ("file", "mapping")

    def __init__(self, *args: Any, target: Target, too_large: bool = False, **more: Any) -> None:
        super().__init__(*args, target=target, **more)
        names = [(name, name) for name in mapping_names(target)]
        self.fields["mapping"].choices = [("", "None yet: map the columns"), *names]  # type: ignore[attr-defined]  # a ChoiceField
        if too_large:
            self.fields["file"].error_messages["required"] = "The file is larger than 10 MB."
