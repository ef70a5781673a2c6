"""Control totals: how many rows a file holds and what they add up to, as a person states it or as its last row says.

A file whose target asks for them is taken in only when what was read agrees with everything that is stated. Amounts are in the
file's own unit, as the sums on the page of an import are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from initiatives.core.imports.cells import NotRead
from initiatives.core.imports.table import Problem, Row, as_text
from initiatives.core.rules import BadInput

if TYPE_CHECKING:
    from initiatives.core.imports.records import Reader

# How the first filled cell of a file's last row says that it is the sum of the rows above it.
TOTAL_WORDS = frozenset({"total", "totals", "grand total", "control total", "sum", "summe", "gesamt", "gesamtsumme", "somme"})


@dataclass(frozen=True)
class Control:
    """What a person states about a file. None: it was not stated."""

    rows: int | None = None
    total: Decimal | None = None

    def as_data(self) -> dict[str, Any]:
        return {"rows": self.rows, "total": None if self.total is None else f"{self.total:f}"}


def control_from(data: Any) -> Control:
    """The control totals in JSON data; BadInput when they are none."""
    if not isinstance(data, dict) or set(data) - {"rows", "total"}:
        raise BadInput("The control totals are a number of rows and a sum.")
    rows, total = data.get("rows"), data.get("total")
    if rows is not None and (type(rows) is not int or not 0 <= rows <= 1_000_000):
        raise BadInput("The number of rows is a whole number.")
    try:
        amount = None if total is None else Decimal(total)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise BadInput("The sum is an amount, such as -1234.50.") from error
    if amount is not None and (not amount.is_finite() or abs(amount) >= Decimal(10) ** 18):
        raise BadInput("The sum is an amount, such as -1234.50.")
    return Control(rows, amount)


def apart(rows: Sequence[Row]) -> tuple[list[Row], Row | None]:
    """The rows without the last one, and the last one, where it says of itself that it is the total."""
    if rows:
        first = next((as_text(cell).strip() for cell in rows[-1].cells if as_text(cell).strip()), "")
        if " ".join(first.casefold().rstrip(" :").split()) in TOTAL_WORDS:
            return list(rows[:-1]), rows[-1]
    return list(rows), None


def disagreements(reader: "Reader", column: str) -> list[Problem]:
    """What keeps the file out because it is not what was stated about it: empty when all agrees."""
    stated, count = reader.mapping.control, len(reader.rows)
    found, problems = reader.counts.totals.get(column, Decimal(0)), list[Problem]()
    said = [] if stated.total is None else [(0, stated.total)]
    if reader.total_row is not None:
        try:
            said.append((reader.total_row.number, reader.total_of(reader.total_row)))
        except NotRead as error:
            problems.append(Problem.at(reader.total_row.number, column, "", f"The total row cannot be read: {error}"))
    elif stated.rows is None or stated.total is None:
        words = "State how many rows the file holds and what they add up to; it has no row that says so."
        problems.append(Problem.at(0, column, "", words))
    if stated.rows is not None and stated.rows != count:
        problems.append(Problem.at(0, "", count, f"{stated.rows} rows are stated, {count} were read."))
    for row, total in said:
        if total != found:
            who = "The total row says" if row else "Stated are"
            problems.append(Problem.at(row, column, f"{found:f}", f"{who} {total:,f}; the rows add up to {found:,f}."))
    return problems
