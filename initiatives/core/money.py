"""Amounts of money: read strictly, kept exactly, never rounded, never guessed."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import get_format

from initiatives.core.rules import BadInput

if TYPE_CHECKING:
    DecimalColumn = models.DecimalField[Decimal, Decimal]  # nothing but a Decimal is assigned to an amount
else:
    DecimalColumn = models.DecimalField

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")
NO_CURRENCIES = ("XXX", "XTS")  # what ISO 4217 keeps for no currency and for tests
LONGEST = 32  # characters; more is not an amount, and is refused before anything looks at it


def is_a_currency(code: str) -> bool:
    """Whether it is written as a currency is: three capital letters, and not one of those that stand for none."""
    return re.fullmatch("[A-Z]{3}", code) is not None and code not in NO_CURRENCIES


A_CURRENCY = models.Q(currency__regex="^[A-Z]{3}$") & ~models.Q(currency__in=NO_CURRENCIES)  # the same, of a row's `currency`


def parse_amount(text: str, *, decimal: str = ".", thousands: str = ",", zero: bool = False) -> Decimal:
    """The amount that `text` says, exactly: "1234.50" or "1,234.50" with these separators.

    Refused with ValueError and a sentence: signs, exponents, underscores, other digits than 0–9, more than two decimals,
    amounts above LARGEST, nothing at all, and zero unless `zero`. "1,000" alone may mean a thousand or one: it is asked
    about. With `thousands=""` digits are never grouped, which is how files and programs write.
    """
    typed = text.strip(" \t")
    if not typed or len(typed) > LONGEST or not typed.isascii():
        raise ValueError(_plainly(decimal))
    point, comma = re.escape(decimal), re.escape(thousands)
    if thousands and re.fullmatch(rf"[0-9]{{1,3}}{comma}[0-9]{{3}}", typed):
        whole = typed.replace(thousands, "")
        raise ValueError(
            f"“{typed}” can be read in two ways. Write {whole} for the thousand, or the decimals as well: {typed}{decimal}00."
        )
    grouped = rf"[0-9]{{1,3}}(?:{comma}[0-9]{{3}})+|" if thousands else ""
    match = re.fullmatch(rf"({grouped}[0-9]+)(?:{point}([0-9]+))?", typed)
    if match is None:
        raise ValueError(_plainly(decimal))
    whole, cents = match[1].replace(thousands, "") if thousands else match[1], match[2] or ""
    if len(cents) > 2:
        raise ValueError("An amount has at most two decimals; it is never rounded.")
    return checked(Decimal(f"{whole}.{cents or '0'}").quantize(CENT), zero=zero)


def _plainly(decimal: str) -> str:
    return f"Write an amount in digits, such as 1234{decimal}50."


def checked(amount: Decimal, *, zero: bool = False) -> Decimal:
    """The same amount if it is one that can be kept: finite, positive (or zero), at most two decimals, at most LARGEST."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise ValueError("An amount is a decimal number.")
    if amount < 0 or (amount == 0 and not zero):
        raise ValueError("The amount must be greater than zero.")
    if amount > LARGEST:
        raise ValueError("The amount must be at most 999,999,999,999.99.")
    if amount != amount.quantize(CENT):
        raise ValueError("An amount has at most two decimals; it is never rounded.")
    return amount.quantize(CENT)


def exact(amount: Decimal) -> Decimal:
    """`checked` for acts: a positive amount, or the act is refused."""
    try:
        return checked(amount)
    except ValueError as error:
        raise BadInput(str(error)) from error


def split(amount: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """`amount` in parts proportional to `weights`, exact to the cent: the parts always add up to the amount.

    Largest remainder method (Hamilton): every part is rounded down, then the cents left go to the largest remainders,
    earlier parts first where remainders are equal.
    """
    total = sum(weights, Decimal(0))
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("Shares are not negative, and at least one is more than zero.")
    cents = int(amount / CENT)
    ideal = [(int(cents * Decimal(weight) // total), cents * Decimal(weight) % total) for weight in weights]
    left = cents - sum(part for part, _ in ideal)
    lucky = set(sorted(range(len(ideal)), key=lambda place: (-ideal[place][1], place))[:left])
    return [(part + (place in lucky)) * CENT for place, (part, _) in enumerate(ideal)]


class AmountColumn(DecimalColumn):
    """numeric(14,2): how every amount is stored."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"max_digits": 14, "decimal_places": 2, **more})

    def deconstruct(self) -> Any:
        name, _, args, more = super().deconstruct()
        return name, "django.db.models.DecimalField", args, more


class AmountField(forms.CharField):
    """A form field for one amount, in the separators of the reader's language."""

    def __init__(self, *, zero: bool = False, negative: bool = False, **more: Any) -> None:
        self.zero, self.negative = zero, negative
        more.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**{"max_length": 200, "strip": False, **more})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}".replace(".", get_format("DECIMAL_SEPARATOR")) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        typed = "" if value is None else str(value)
        if not typed.strip(" \t"):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        bare = typed.strip(" \t").replace("−", "-")
        below = self.negative and bare.startswith("-")
        try:
            amount = parse_amount(
                bare.removeprefix("-") if below else typed,
                decimal=get_format("DECIMAL_SEPARATOR"),
                thousands=get_format("THOUSAND_SEPARATOR"),
                zero=self.zero,
            )
            return -amount if below else amount
        except ValueError as error:
            raise ValidationError(str(error), code="amount") from error
