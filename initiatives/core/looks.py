"""How lists are looked at: closed grammars of URL parameters. Whatever is not in one is BadInput, so that no link lies."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from django.http import QueryDict

from initiatives.core.rules import BadInput

LONGEST_QUERY, MOST_WORDS, MOST_VALUES = 200, 10, 50


class Look(Protocol):
    """One way of looking at a list. `query` writes it as the URL's query string, with changes."""

    def query(self, **changes: Any) -> str: ...


def words_of(query: QueryDict, name: str = "q") -> str:
    """The words that are searched for, with single spaces."""
    text = query.get(name, "")
    words = text.split()
    if len(text) > LONGEST_QUERY or len(words) > MOST_WORDS:
        raise BadInput(f"Search for at most {MOST_WORDS} words and {LONGEST_QUERY} characters.")
    return " ".join(words)


def one_of(query: QueryDict, name: str, known: Iterable[str]) -> str:
    """The first value given; empty is none."""
    value = (query.getlist(name) or [""])[0]
    if value and value not in known:
        raise BadInput(f"“{value[:80]}” is not a value of {name}.")
    return value


def several_of(query: QueryDict, name: str, known: Iterable[str]) -> tuple[str, ...]:
    """All values given, each once, in their order."""
    values = [value for value in dict.fromkeys(query.getlist(name)) if value]
    if len(values) > MOST_VALUES:
        raise BadInput(f"At most {MOST_VALUES} values of {name}.")
    allowed = set(known)
    for value in values:
        if value not in allowed:
            raise BadInput(f"“{value[:80]}” is not a value of {name}.")
    return tuple(values)


def number_of(query: QueryDict, name: str) -> str:
    """A number in digits, or nothing."""
    value = query.get(name, "")
    if value and not (value.isascii() and value.isdigit() and len(value) < 9):
        raise BadInput(f"“{value[:80]}” is not a value of {name}.")
    return value


def filter_of(look: Look, name: str, words: str, choices: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """One select of a filter form. Several values of it, as a link may ask for, travel in hidden fields."""
    values = getattr(look, name)
    return {
        "name": name,
        "words": words,
        "choices": choices,
        "value": values[0] if len(values) == 1 else "",
        "several": values if len(values) > 1 else (),
    }


def chosen_of(look: Look, names: Mapping[str, str], words: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """(words, query without it) of every value of the parameters that may be given several times.

    `names` says what a parameter is called, `words` what each of its values is.
    """
    for name, known in words.items():
        values = getattr(look, name)
        for value in values:
            rest = tuple(other for other in values if other != value)
            yield f"{names[name]}: {known[value]}", look.query(**{name: rest})
