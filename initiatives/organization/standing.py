"""What one person may do today, computed once per request from the dated roles."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Standing:
    """The roles that a person holds today, as sets that permission checks and querysets read.

    kinds        the company-wide kinds held: {"cxo", "finance"}
    heads        ids of departments of which the person is head or deputy
    belongs_to   ids of departments in which the person holds any role
    groups       ids of the stewards' groups of `heads`, for grants made to a department
    """

    kinds: frozenset[str] = frozenset()
    heads: frozenset[int] = frozenset()
    head_only: frozenset[int] = frozenset()
    belongs_to: frozenset[int] = frozenset()
    groups: frozenset[int] = field(default=frozenset())

    @classmethod
    def of(cls, rows: Iterable[tuple[str, Any, Any]]) -> "Standing":
        """From the roles that are held: kind, department, the group of the department's stewards."""
        rows = tuple(rows)
        steward = [row for row in rows if row[0] in ("head", "deputy")]
        return cls(
            kinds=frozenset(kind for kind, department, _ in rows if department is None),
            heads=frozenset(department for _, department, _ in steward),
            head_only=frozenset(department for kind, department, _ in steward if kind == "head"),
            belongs_to=frozenset(department for _, department, _ in rows if department is not None),
            groups=frozenset(group for _, _, group in steward),
        )

    def holds(self, *kinds: str) -> bool:
        """Whether one of these company-wide roles is held."""
        return not self.kinds.isdisjoint(kinds)

    def heads_department(self, department_id: int | None) -> bool:
        """Whether the person is head or deputy of this department."""
        return department_id in self.heads

    @property
    def sees_everything(self) -> bool:
        """CXO, CEO and auditor read all initiatives, confidential ones too."""
        return self.holds("cxo", "ceo", "auditor")

    @property
    def takes_part(self) -> bool:
        """Whether any role is held but that of an administrator."""
        return bool(self.belongs_to) or self.holds("cxo", "ceo", "finance", "auditor")

    @property
    def anywhere(self) -> bool:
        """Whether the person holds any role at all today."""
        return bool(self.kinds or self.belongs_to)
