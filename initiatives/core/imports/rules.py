"""The rules of the pages on which a room takes in files (pages.py)."""

from collections.abc import Iterator

from initiatives.core.imports.targets import Target, followed_by, page_of
from initiatives.core.policy import Rule


def import_rules(target: Target, *, who: str, followers: str) -> Iterator[Rule]:
    """Who uploads, and who follows an import, in words; the target names the permissions."""
    yield Rule(page_of(target), "GET POST", target.permission, who=who)
    for name, methods in (("run", "GET"), ("map", "GET POST"), ("confirm", "POST"), ("cancel", "POST")):
        yield Rule(page_of(target, name), methods, followed_by(target), of="run", who=followers)
