"""The named cast of every test: a small airport company, its departments, and one person for each role."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password

from initiatives.organization.models import Department, Role, RoleKind, User

PASSWORD = "an-honest-passphrase"


@cache
def password_hash() -> str:
    """Argon2 is slow on purpose: the whole cast shares one hash."""
    return make_password(PASSWORD)


@dataclass
class Cast:
    """Departments by code and people by part. Made on demand, so that a test pays only for whom it names."""

    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def department(self, code: str) -> Department:
        if code not in self.departments:
            department = Department(code=code, name=f"{code.title()} department", cost_centre=f"CC-{code}")
            department.save()
            self.departments[code] = department
        return self.departments[code]

    def person(self, part: str, kind: str = "", department: str = "") -> User:
        """The person who plays `part` ("mona"), created with this role when first named."""
        if part not in self.people:
            user = User.objects.create_user(f"{part}@example.org", part.replace("_", " ").title())
            user.password = password_hash()
            user.save(update_fields=["password"])
            if kind:
                where = self.department(department) if department else None
                Role.objects.create(person=user, kind=kind, department=where, starts=date(2026, 1, 1))
            self.people[part] = user
        return self.people[part]

    @property
    def cxo(self) -> User:
        return self.person("clara_cxo", RoleKind.CXO)

    @property
    def ceo(self) -> User:
        return self.person("ernst_ceo", RoleKind.CEO)

    @property
    def finance(self) -> User:
        return self.person("fiona_finance", RoleKind.FINANCE)

    @property
    def second_finance(self) -> User:
        return self.person("felix_finance", RoleKind.FINANCE)

    @property
    def auditor(self) -> User:
        return self.person("aldo_auditor", RoleKind.AUDITOR)

    @property
    def administrator(self) -> User:
        return self.person("ada_administrator", RoleKind.ADMINISTRATOR)

    @property
    def nobody(self) -> User:
        """Active, but holds no role."""
        return self.person("nils_nobody")

    def head(self, code: str) -> User:
        return self.person(f"head_{code.lower()}", RoleKind.HEAD, code)

    def deputy(self, code: str) -> User:
        return self.person(f"deputy_{code.lower()}", RoleKind.DEPUTY, code)

    def contributor(self, code: str) -> User:
        return self.person(f"contributor_{code.lower()}", RoleKind.CONTRIBUTOR, code)


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()
