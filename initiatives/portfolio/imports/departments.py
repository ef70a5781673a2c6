"""The departments that a file names: found by code or name, or created with the first row that needs them."""

from dataclasses import dataclass, field

from initiatives.core.imports.mapping import folded
from initiatives.organization.models import Department, User
from initiatives.organization.naming import departments_named


@dataclass
class Departments:
    """Departments by code or name, those to be created included."""

    by: User
    create: bool
    names: dict[str, str]
    known: dict[str, Department] = field(init=False)

    def __post_init__(self) -> None:
        self.known = departments_named(self.by)

    def obstacle_to_find(self, said: str) -> str | None:
        """Say why no department is meant by `said`, or None."""
        department = self.known.get(folded(said))
        if department is not None:
            return f"{department} is closed." if department.closed_on is not None else None
        if not self.create:
            return "No department has this code or name, and the mapping does not say that unknown ones are created."
        if not self.by.standing.holds("cxo"):
            return "No department has this code or name. Only the CXO's imports create departments."
        return None

    def planned(self, said: str) -> Department:
        """The department that is meant; an unknown one exists only in memory until `found`."""
        department = self.known.get(folded(said))
        if department is None:
            code, name = self._code_for(said), self.names.get(said, said)[:120]
            department = Department(code=code, name=name)
            self.known[folded(said)] = self.known[folded(code)] = department
            self.known.setdefault(folded(name), department)
        return department

    def found(self, department: Department) -> Department:
        """The stored department, created now if it was only planned."""
        known = self.known[folded(department.code)]
        if known.pk is None:
            known = Department.objects.establish(code=department.code, name=department.name, by=self.by)
            self.known[folded(department.code)] = known
        return known

    def _code_for(self, said: str) -> str:
        """The file's own code; of a longer name, its initials."""
        code = said if len(said) <= 20 else "".join(word[0] for word in said.split() if word[0].isalpha())[:16].upper() or "NEW"
        taken, free = {folded(known.code) for known in self.known.values()}, code
        number = 2
        while folded(free) in taken:
            free, number = f"{code[:16]}-{number}", number + 1
        return free
