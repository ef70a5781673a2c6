"""What is derived from roles and involvement for speed, and can be made again from them at any time.

A projection is a function that repairs its table and says what differed, in words; with check=True it only says.
"""

from typing import Protocol

from initiatives.organization.models.roles import project_stewards


class Rebuild(Protocol):
    def __call__(self, *, check: bool = False) -> list[str]: ...


_projections: dict[str, Rebuild] = {}


def register(name: str, rebuild: Rebuild) -> None:
    """Add a projection of a room above, by name: register("guardians", rebuild_guardians)."""
    _projections[name] = rebuild


def rebuild(*, check: bool = False) -> dict[str, list[str]]:
    """Make every projection again (or only compare it); by name, what differed."""
    return {name: build(check=check) for name, build in sorted(_projections.items())}


def _stewards(*, check: bool = False) -> list[str]:
    return project_stewards(check=check)


register("stewards", _stewards)
