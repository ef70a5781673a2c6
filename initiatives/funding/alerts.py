"""Who is told that a pool has passed one of its alert levels: who leads it, and finance; once for each level of each budget."""

from typing import Any

from django.db.models import F

from initiatives.core import clock
from initiatives.duties import compose, post
from initiatives.duties.models import Letter
from initiatives.duties.schedule import next_morning
from initiatives.funding.models import Pool
from initiatives.funding.models.keeping import Control
from initiatives.organization.calendars import Calendar
from initiatives.organization.models import Role, RoleKind, User
from initiatives.organization.models.roles import STEWARDS

PASSED = "pool_alert"  # the letter: templates/letters/pool_alert.txt


def key_of(pool: Pool, level: int, person: int) -> str:
    """What makes it one letter: when the budget is another one, the level is passed anew."""
    return f"{PASSED} {pool.pk} {level} {pool.appropriated} {person}"


def alarmed() -> list[Pool]:
    """The pools of years that last of which so much is given away that a level is passed."""
    found = Pool.objects.filter(year__ends__gte=clock.company_day(), appropriated__gt=0).exclude(control=Control.OFF)
    return list(found.filter(allocated__gte=F("appropriated") * F("alert_levels__0") / 100).in_order())


def concerned(pools: list[Pool]) -> dict[int, set[int]]:
    """By pool, who leads its department, or the CXO of the central one; and finance."""
    held: dict[int | None, set[int]] = {}
    finance: set[int] = set()
    for kind, department, person in Role.objects.current().held_by_the_active().values_list("kind", "department_id", "person_id"):
        if kind == RoleKind.FINANCE:
            finance.add(person)
        elif kind in STEWARDS or kind == RoleKind.CXO:
            held.setdefault(department, set()).add(person)
    return {pool.pk: held.get(pool.department_id, set()) | finance for pool in pools}


def tell() -> int:
    """Write to everybody concerned about each level that is passed and that they were not told of, for their next morning."""
    pools = alarmed()
    people = concerned(pools)
    wanted = {
        key_of(pool, level, person): (pool, level, person)
        for pool in pools
        for level in pool.passed
        for person in people[pool.pk]
    }
    told = set(Letter.objects.filter(template=PASSED, key__in=wanted).values_list("key", flat=True))
    known = User.objects.in_bulk({person for key, (_, _, person) in wanted.items() if key not in told})
    now, calendar, written = clock.now(), Calendar.of() if known else Calendar(), 0
    for key, (pool, level, person) in wanted.items():
        if key not in told:
            leaves = next_morning(now, known[person], calendar)
            written += post.write(PASSED, known[person], key, leaves_at=leaves, pool=pool.pk, level=level) is not None
    return written


def facts(letter: Letter) -> dict[str, Any]:
    """What the letter says, read when it is sent. Of several levels that were passed at once the highest is told."""
    pool, level = Pool.objects.get(pk=letter.context["pool"]), int(letter.context["level"])
    if letter.recipient is None or not pool.seen_by(letter.recipient):
        raise compose.Needless("Its reader may not see the pool any more.")
    if level not in pool.passed:
        raise compose.Needless("So much is not given away any more.")
    if level != pool.passed[-1]:
        raise compose.Needless("A higher level is passed as well, of which another letter tells.")
    return {"pool": pool, "level": level, "given": pool.allocated * 100 // pool.appropriated}


compose.fresh(PASSED, facts)
