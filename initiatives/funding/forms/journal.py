"""How the company's journal is looked at: a GET form, each filter with its own message when it cannot be read."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from initiatives.core.fields import CodeField, DayField, LineField, cut
from initiatives.core.money import AmountField
from initiatives.funding import above
from initiatives.funding.models import Act, CostObject, FiscalYear, Pool
from initiatives.organization.models import Department, User
from initiatives.organization.purview import SEE_ALL_MONEY, departments_below, purview

CENTRAL = "none"  # ?department=none: the central pool's
MORE = ("department", "start", "end", "initiative", "person", "low", "high")  # fields that the page opens when they are asked for


class NumberField(forms.IntegerField):
    """The number of a record, as a link asks for it."""

    widget = forms.HiddenInput

    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, required=False, **more)


class JournalForm(forms.Form):
    """?q=words &act=spent &year=2026 &pool=3 &department=OPS|none &start=2026-01-01 &end=2026-03-31 &initiative=CX-042
    &person=name &low=100.00 &high=500.00, and as links ask &cost_object=7 &entry=12.

    The words and people of entries that the reader may not open are not searched, and a reference that is hidden from the
    reader is one that does not exist.
    """

    q = LineField(label=_("Words"), required=False, widget=forms.SearchInput)
    act = forms.ChoiceField(label=_("Entry"), required=False)
    year = forms.ChoiceField(label=_("Fiscal year"), required=False)
    pool = forms.ChoiceField(label=_("Pool"), required=False)
    department = forms.ChoiceField(label=_("Department"), required=False)
    start = DayField(label=_("From day"), required=False)
    end = DayField(label=_("To day"), required=False)
    initiative = CodeField(label=_("Initiative"), max_length=20, required=False)
    person = LineField(label=_("Posted by"), required=False)
    low = AmountField(label=_("Amount from"), required=False, zero=True)
    high = AmountField(label=_("Amount to"), required=False, zero=True)
    cost_object = NumberField(label=_("Money of"))
    entry = NumberField(label=_("Number"))

    def __init__(self, user: User, query: QueryDict) -> None:
        super().__init__(query, auto_id="filter-%s")
        self.user, self.query = user, query
        self.sees_all = user.standing.holds(*SEE_ALL_MONEY)
        self._offer("act", list(Act.choices))
        self._offer("year", [(year.name, year.name) for year in FiscalYear.objects.visible_to(user).newest_first()])
        self._offer("pool", [(str(pool.pk), str(pool)) for pool in self.pools])
        self._offer("department", self._departments())
        if not self.sees_all:
            del self.fields["entry"]  # numbers run through the whole ledger: their gaps would tell what is hidden

    @cached_property
    def pools(self) -> list[Pool]:
        """Whose journals the reader reads, the newest year first."""
        return sorted(Pool.objects.visible_to(self.user).in_order(), key=lambda pool: pool.year.starts, reverse=True)

    def _departments(self) -> list[tuple[str, str]]:
        found = Department.objects.visible_to(self.user).in_order()
        if self.sees_all:
            return [(CENTRAL, Pool().owner_name), *((one.code, one.name) for one in found)]
        return [(one.code, one.name) for one in found.filter(pk__in=purview(self.user))]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """What may be chosen; a filter with nothing to choose from is not there."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        if choices:
            field.choices = [("", _("All")), *choices]
        else:
            del self.fields[name]

    def clean_department(self) -> frozenset[int] | None:
        """The department and those below it, as its year counts them; none of them is the central pool's."""
        code = self.cleaned_data["department"]
        if not code or code == CENTRAL:
            return frozenset() if code else None
        return departments_below(Department.objects.filter(code=code).values_list("pk", flat=True))

    def clean_initiative(self) -> int | None:
        """The cost object that the reference means, where the reader may know it."""
        reference = self.cleaned_data["initiative"]
        if not reference:
            return None
        thing = above.referred({reference}).get(reference.upper())
        if thing is None or not above.names(self.user, {thing}):
            raise ValidationError(f"There is no initiative “{cut(reference)}” that you may see.")
        return thing

    def clean_cost_object(self) -> int | None:
        thing: int | None = self.cleaned_data["cost_object"]
        if thing is not None and not CostObject.objects.visible_to(self.user).filter(pk=thing).exists():
            raise ValidationError("There is no such money that you may see.")
        return thing

    def clean(self) -> dict[str, Any]:
        facts = self.cleaned_data
        for first, last, words in (("start", "end", "This day is before the first one."), ("low", "high", "This is less.")):
            if facts.get(first) is not None and facts.get(last) is not None and facts[first] > facts[last]:
                self.add_error(last, words)
        return facts

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields that stand at first sight."""
        return [field for field in self if field.name not in MORE]

    @property
    def more(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in MORE]

    @property
    def more_errors(self) -> bool:
        return any(field.errors for field in self.more)

    @property
    def facts(self) -> dict[str, Any]:
        """What is filtered by, without what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    @property
    def as_query(self) -> str:
        """The filters as a URL says them."""
        return self._without("")

    def chosen(self) -> Iterator[tuple[str, str]]:
        """(words, query without it) for each filter."""
        for name in self.facts:
            bound = self[name]
            value = str(bound.data)
            if isinstance(bound.field, forms.ChoiceField):
                value = str(dict(bound.field.choices)[value])  # type: ignore[arg-type]  # none of them is grouped
            elif name == "cost_object":
                thing = self.cleaned_data[name]
                value = above.names(self.user, {thing}).get(thing, above.RESTRICTED).label
            yield f"{bound.label}: {value}", self._without(name)

    def _without(self, name: str) -> str:
        query = QueryDict(mutable=True)
        for kept in self.facts.keys() - {name}:
            query[kept] = str(self[kept].data)
        return query.urlencode()
