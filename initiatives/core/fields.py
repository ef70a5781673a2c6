"""Form fields that read what people type strictly: one line of text, prose, a code, a day.

A name is shown in lists, mails and audit sentences, so nothing in it may be invisible or turn the text around it.
"""

import datetime
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

FIRST_DAY, LAST_DAY = datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)

_EMOJI = "[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]"
_JOINED_EMOJI = re.compile(f"(?<={_EMOJI})\u200d(?={_EMOJI})")  # a family is one picture; elsewhere a joiner hides
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_TURNS_OR_HIDES = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def cut(text: str, length: int = 80) -> str:
    """`text` as a message may repeat it: invisible characters as their code, and not longer than `length`."""
    shown = "".join(c if unicodedata.category(c) not in _INVISIBLE else f"U+{ord(c):04X}" for c in text[: length + 1])
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"


class LineField(forms.CharField):
    """One line: trimmed, in composed form, with plain single spaces; control, bidi and zero-width characters are refused."""

    form_of_text: Any = "NFC"

    def __init__(self, *, max_length: int = 200, **more: Any) -> None:
        super().__init__(max_length=max_length, **more)

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        if not text:
            return text
        if any(unicodedata.category(c) in _INVISIBLE for c in _JOINED_EMOJI.sub("", text)):
            raise ValidationError(f"“{cut(text)}” holds invisible characters. Type the text again.", code="invisible")
        return " ".join(unicodedata.normalize(self.form_of_text, text).split())


class CodeField(LineField):
    """A short code: as a line, and look-alike forms (full-width letters, ligatures) become the plain ones."""

    form_of_text = "NFKC"


class ProseField(forms.CharField):
    """Text of several lines: line ends are \\n; characters that turn text around or hide in it are taken out."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = 10_000, **more: Any) -> None:
        super().__init__(max_length=max_length, **more)

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        if not text:
            return text
        text = _TURNS_OR_HIDES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
            raise ValidationError("The text holds control characters. Type it again.", code="invisible")
        return unicodedata.normalize("NFC", text).strip()


class DayField(forms.DateField):
    """A day as the browser's date field sends it, 2026-03-31, between `earliest` (2000-01-01) and 2100-12-31."""

    def __init__(self, *, earliest: datetime.date = FIRST_DAY, **more: Any) -> None:
        self.earliest = earliest
        limits = {"type": "date", "min": earliest.isoformat(), "max": LAST_DAY.isoformat()}
        super().__init__(**{"widget": forms.DateInput(format="%Y-%m-%d", attrs=limits), **more})

    def to_python(self, value: Any) -> datetime.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.date):
            day = value.date() if isinstance(value, datetime.datetime) else value
        else:
            day = self._read(str(value).strip())
        if not self.earliest <= day <= LAST_DAY:
            raise ValidationError(f"Choose a day between {self.earliest} and {LAST_DAY}.", code="out_of_range")
        return day

    @staticmethod
    def _read(text: str) -> datetime.date:
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise ValidationError(
                f"“{cut(text)}” is not a day. Write it as year-month-day, for example 2026-03-31.", code="invalid"
            ) from None
