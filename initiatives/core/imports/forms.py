"""The form of the import pages for the mapping, with as many fields as the target and the file have."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField

from initiatives.core.imports import mapping as maps
from initiatives.core.imports.cells import DATE_FORMATS, MULTIPLIERS, is_sentence
from initiatives.core.imports.delimited import ENCODINGS, SEPARATORS
from initiatives.core.imports.mapping import FieldMap, folded
from initiatives.core.imports.table import Source, Table, as_text
from initiatives.core.imports.targets import Field, Kind, Target
from initiatives.core.imports.upload_form import ControlForm
from initiatives.core.rules import BadInput

MOST_DISTINCT = 60  # values of a column that are offered to be mapped
THOUSANDS = {",": "1,234", ".": "1.234", " ": "1 234", "'": "1'234", "’": "1’234", "": "1234, never grouped"}
DECIMALS = {".": "0.50", ",": "0,50"}


class MappingForm(ControlForm):
    """Reads and writes one Mapping. Field names: encoding …, then title-0 (columns), title-fixed, title-values-<digest>."""

    encoding = forms.ChoiceField(required=False, choices=[("", "Detect"), *ENCODINGS.items()])
    separator = forms.ChoiceField(required=False, choices=[("", "Detect"), *((key, words) for key, words in SEPARATORS.items())])
    sheet = forms.ChoiceField(required=False)
    header_row = forms.IntegerField(label="Row with the names", min_value=1, max_value=100, initial=1, localize=False)
    loose_quotes = forms.BooleanField(label="Quotation marks inside a cell are not doubled", required=False)
    withheld = forms.CharField(
        label="Withheld begins with", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One phrase a line. A sentence where a number, a day or a rating should stand is withheld anyhow.",
    )  # fmt: skip
    empty = forms.CharField(
        label="Words for empty", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="One a line: n/a, TBC, –"
    )
    save_as = forms.CharField(
        label="Save the mapping as", required=False, max_length=80, help_text="For the next file of this kind."
    )

    SOURCE = field_order = ("encoding", "separator", "sheet", "header_row", "loose_quotes", "withheld", "empty")

    def __init__(
        self,
        data: Any = None,
        *,
        target: Target,
        mapping: maps.Mapping,
        table: Table | None,
        options: Mapping[str, list[tuple[str, str]]],
    ) -> None:
        self.target, self.mapping, self.table = target, mapping, table
        super().__init__(data, target=target, initial=self._initial())
        sheets = [*(table.sheets if table else []), *([mapping.source.sheet] if mapping.source.sheet else [])]
        found = [("", "First that is shown"), *((name, name) for name in dict.fromkeys(sheets))]
        self.fields["sheet"].choices = found  # type: ignore[attr-defined]  # a ChoiceField
        self.found: dict[str, dict[str, str]] = {}
        for about in target.fields if table else ():  # a file that cannot be read yet: first how to read it
            self._add(about, mapping.fields.get(about.name, FieldMap()), options.get(about.name, []))

    def _initial(self) -> dict[str, Any]:
        mapping, words = self.mapping, {name: "\n".join(getattr(self.mapping, name)) for name in ("withheld", "empty")}
        return {**mapping.source.as_data(), **words, "rows": mapping.control.rows, "total": mapping.control.total}

    def _add(self, about: Field, chosen: FieldMap, options: list[tuple[str, str]]) -> None:
        name = about.name
        present = self.table.columns if self.table else []
        absent = [column for column in chosen.columns if folded(column) not in {folded(one) for one in present}]
        columns = [("", "–"), *((one, one) for one in present), *((one, f"{one} (not in this file)") for one in absent)]
        spelled = {folded(one): one for one in present}
        for place in range(max(2, len(chosen.columns) + 1)):
            initial = chosen.columns[place] if place < len(chosen.columns) else ""
            self.fields[f"{name}-{place}"] = forms.ChoiceField(
                label="Column" if place == 0 else "If empty, column",
                choices=columns, required=False, initial=spelled.get(folded(initial), initial),
            )  # fmt: skip
        fixed = forms.ChoiceField(choices=[("", "–"), *about.choices.items()]) if about.kind is Kind.CHOICE else forms.CharField()
        fixed.label, fixed.required, fixed.initial = "Or always", False, chosen.fixed
        self.fields[f"{name}-fixed"] = fixed
        if about.kind is Kind.DAY:
            self._add_day(name, chosen)
        if about.kind in (Kind.MONEY, Kind.NUMBER):
            self._add_number(name, chosen)
        if about.kind is Kind.MONEY:
            self._add_money(name, chosen)
        if about.kind is Kind.DEPARTMENTS:
            self._add_departments(name, chosen)
        if about.kind in (Kind.CHOICE, Kind.DEPARTMENTS):
            self._add_values(about, chosen, list(about.choices.items()) if about.kind is Kind.CHOICE else options)

    def _add_day(self, name: str, chosen: FieldMap) -> None:
        self.fields[f"{name}-formats"] = forms.MultipleChoiceField(
            label="Written as", choices=[(form, form) for form in DATE_FORMATS], required=False,
            widget=forms.CheckboxSelectMultiple, initial=chosen.formats or ["YYYY-MM-DD"],
        )  # fmt: skip

    def _add_number(self, name: str, chosen: FieldMap) -> None:
        choice = forms.ChoiceField
        self.fields[f"{name}-thousands"] = choice(
            label="Thousands", choices=list(THOUSANDS.items()), initial=chosen.thousands, required=False
        )
        self.fields[f"{name}-decimal"] = choice(label="Decimals", choices=list(DECIMALS.items()), initial=chosen.decimal)

    def _add_money(self, name: str, chosen: FieldMap) -> None:
        self.fields[f"{name}-multiplier"] = forms.ChoiceField(
            label="In", choices=list(MULTIPLIERS.items()), initial=chosen.multiplier, required=False
        )
        self.fields[f"{name}-signs"] = forms.CharField(
            label="Signs", required=False, initial=" ".join(chosen.signs), help_text="£ EUR"
        )
        self.fields[f"{name}-round"] = forms.BooleanField(label="Round to the cent", required=False, initial=chosen.round)

    def _add_departments(self, name: str, chosen: FieldMap) -> None:
        self.fields[f"{name}-separator"] = forms.CharField(
            label="Between several",
            required=False,
            initial=chosen.separator,
            max_length=10,
            help_text="The first one leads: DEFRA & DFT",
        )
        self.fields[f"{name}-create"] = forms.BooleanField(label="Create unknown ones", required=False, initial=chosen.create)

    def _add_values(self, about: Field, chosen: FieldMap, choices: list[tuple[str, str]]) -> None:
        """One choice for each distinct value that the chosen columns hold, most frequent first."""
        known = {folded(said): meant for said, meant in chosen.values.items()}
        own = {folded(words): key for key, words in [*((key, key) for key, _ in choices), *choices]}
        unmapped = "Not mapped: an error" if about.kind is Kind.CHOICE else "As it says"
        self.found[about.name] = {}
        for said, count in self._distinct(about, chosen):
            key = f"{about.name}-values-{hashlib.sha256(folded(said).encode()).hexdigest()[:12]}"
            self.found[about.name][key] = said
            initial = known.get(folded(said), own.get(folded(said), ""))
            leave = [("-", "Leave empty")] if about.kind is Kind.CHOICE else []
            self.fields[key] = forms.ChoiceField(
                label=f"{said} ({count})", choices=[("", unmapped), *leave, *choices], required=False,
                initial="-" if folded(said) in known and not initial else initial,
            )  # fmt: skip

    def _distinct(self, about: Field, chosen: FieldMap) -> list[tuple[str, int]]:
        if self.table is None:
            return []
        wanted = {folded(column) for column in chosen.columns}
        places = [place for place, column in enumerate(self.table.columns) if folded(column) in wanted]
        words = (" ".join(as_text(row.cells[place]).split()) for row in self.table.rows for place in places)
        counts = Counter(word for word in words if word and len(word) <= 80 and not is_sentence(word, 6))
        return counts.most_common(MOST_DISTINCT)

    # -- What the page shows ------------------------------------------------------------------------------------------

    def source_fields(self) -> list[BoundField]:
        hidden = ("encoding", "separator", "loose_quotes") if self.table and self.table.kind == "xlsx" else ("sheet",)
        return [self[name] for name in self.SOURCE if name not in (hidden if self.table else ())]

    def control_fields(self) -> list[BoundField]:
        """Where the file's control totals are stated, if its target asks for them."""
        return [self[name] for name in ("rows", "total") if name in self.fields]

    def target_fields(self) -> Iterator[dict[str, Any]]:
        """For each field of the target: its words and its own form fields, apart by purpose."""
        for about in self.target.fields:
            mine = [name for name in self.fields if name.startswith(f"{about.name}-")]
            values = list(self.found.get(about.name, {}))
            where = [name for name in mine if name.removeprefix(f"{about.name}-").isdigit()] + [f"{about.name}-fixed"]
            yield {
                "about": about,
                "where": [self[name] for name in where],
                "how": [self[name] for name in mine if name not in where and name not in values],
                "values": [self[name] for name in values],
                "unmapped": about.kind is Kind.CHOICE and any(not self[name].value() for name in values),
                "used": any(self[name].value() for name in where),
            }

    # -- What was typed -----------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if not self.errors:
            try:
                cleaned["mapping"] = maps.from_data(self._typed(cleaned), self.target)
            except BadInput as error:
                self.add_error(None, str(error))
        return cleaned

    def _typed(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        if self.table is None:
            fields = {name: chosen.as_data() for name, chosen in self.mapping.fields.items()}
        else:
            fields = {about.name: self._typed_field(about, cleaned) for about in self.target.fields}
        return {
            "source": {name: cleaned[name] for name in Source.__dataclass_fields__},
            "withheld": _lines(cleaned["withheld"]),
            "empty": _lines(cleaned["empty"]),
            "fields": {name: data for name, data in fields.items() if data.get("columns") or data.get("fixed")},
            "control": self.stated().as_data(),
        }

    def _typed_field(self, about: Field, cleaned: dict[str, Any]) -> dict[str, Any]:
        name, before = about.name, self.mapping.fields.get(about.name, FieldMap())
        columns = [cleaned[key] for key in self.fields if key.removeprefix(f"{name}-").isdigit() and cleaned[key]]
        data: dict[str, Any] = {"columns": list(dict.fromkeys(columns)), "fixed": cleaned[f"{name}-fixed"]}
        if about.kind is Kind.DAY:
            data["formats"] = cleaned[f"{name}-formats"]
        if about.kind in (Kind.MONEY, Kind.NUMBER):
            data |= {part: cleaned[f"{name}-{part}"] for part in ("thousands", "decimal")}
        if about.kind is Kind.MONEY:
            data |= {"round": cleaned[f"{name}-round"], "multiplier": int(cleaned[f"{name}-multiplier"] or 1)}
            data["signs"] = cleaned[f"{name}-signs"].split()
        if about.kind is Kind.DEPARTMENTS:
            data |= {"separator": cleaned[f"{name}-separator"], "create": cleaned[f"{name}-create"], "names": before.names}
        if about.name in self.found:
            data["values"] = self._typed_values(name, before, cleaned)
        return data

    def _typed_values(self, name: str, before: FieldMap, cleaned: dict[str, Any]) -> dict[str, str]:
        shown = {folded(said) for said in self.found[name].values()}
        kept = {said: meant for said, meant in before.values.items() if folded(said) not in shown}
        spelled = {folded(said): said for said in before.values}  # the saved spelling is the canonical one
        typed = {spelled.get(folded(said), said): cleaned[key] for key, said in self.found[name].items() if cleaned[key]}
        return {**kept, **{said: "" if meant == "-" else meant for said, meant in typed.items()}}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
