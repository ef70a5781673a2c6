"""What is asked of who asks for money: how much from which pool, and of which kind of expenditure."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms

from initiatives.core.fields import ProseField
from initiatives.core.money import AmountField
from initiatives.funding.forms.money import Keyed
from initiatives.funding.models import Nature, Pool

Bound = dict[str, list[forms.BoundField]]


class RequestForm(Keyed):
    """A purpose, and an amount for each pool that is asked: one field a pool, or one for each kind of expenditure."""

    purpose = ProseField(label="What the money is for", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    nature = forms.ChoiceField(
        label="Kind of expenditure",
        choices=[("", "Not divided"), *Nature.choices],
        required=False,
        help_text="Of every amount; a pool can be asked for each apart below.",
    )
    seed = forms.BooleanField(label="As seed for the experiment that runs", required=False)

    def __init__(self, pools: Iterable[Pool], *args: Any, sowing: Iterable[Pool] = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.pools = {f"pool-{pool.pk}": pool for pool in pools}
        self.apart = {
            f"{name}-{nature.value}": (name, nature) for name, pool in self.pools.items() if not pool.nature for nature in Nature
        }
        most = [f"{pool} {pool.seed_limit:,.2f} {pool.currency}" for pool in sowing]
        if not most:
            del self.fields["seed"]
        else:
            self.fields["seed"].help_text = (
                "From one pool, which decides within five working days; finance is not asked."
                f" Gives an initiative at most, all seeds added up: {'; '.join(most)}."
            )
        for name, pool in self.pools.items():
            only = f" ({Nature(pool.nature).label.lower()})" if pool.nature else ""
            self.fields[name] = AmountField(label=f"{pool}{only}", required=False)
        for kind, (name, nature) in self.apart.items():
            self.fields[kind] = AmountField(label=f"{self.pools[name]}: {nature.label.lower()}", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind, (name, _) in self.apart.items():
            if data.get(kind) and data.get(name):
                self.add_error(kind, f"Ask {self.pools[name]} for one amount, or for each kind of expenditure apart.")
        if not self.errors and not self.lines:
            self.add_error(None, "Ask for an amount from at least one pool.")
        return data

    @property
    def amounts(self) -> Bound:
        """The fields of the pools, by their currency."""
        return self._by_currency(self.pools)

    @property
    def amounts_apart(self) -> Bound:
        """The fields of each kind of expenditure, by their currency."""
        return self._by_currency(self.apart)

    @property
    def asks_apart(self) -> bool:
        """Whether something was typed for one kind of expenditure."""
        return any(self[kind].value() for kind in self.apart)

    def _by_currency(self, names: Iterable[str]) -> Bound:
        found: Bound = {}
        for name in names:
            pool = self.pools[self.apart[name][0] if name in self.apart else name]
            found.setdefault(pool.currency, []).append(self[name])
        return found

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked for, without the form's key."""
        return {"purpose": self.cleaned_data["purpose"], "seed": self.cleaned_data.get("seed", False), "lines": self.lines}

    @property
    def lines(self) -> list[tuple[Pool, Decimal, str]]:
        data, nature = self.cleaned_data, self.cleaned_data["nature"]
        whole = [(pool, data.get(name), nature or pool.nature) for name, pool in self.pools.items()]
        apart = [(self.pools[name], data.get(kind), nature.value) for kind, (name, nature) in self.apart.items()]
        return [(pool, amount, kind) for pool, amount, kind in (*whole, *apart) if amount]
