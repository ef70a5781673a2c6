"""`python -m tests.bench.postings`: what a posting costs, beside a hand-written transaction that writes the same rows.

Eight processes commit money of eight cost objects, all from one pool, whose row each of them must lock; in windows that take
turns with eight processes that lock the pool and insert the same three rows (journal, transfer, event) and ask nothing. The
triggers that keep the balances and seal the trail run in both. The goal is half the transactions a second, and six queries.
"""

import json
import os
import statistics
import sys
import time
import uuid
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
django.setup()

from django.db import connection, models, transaction  # noqa: E402 - after the set-up
from django.db.models import Count  # noqa: E402 - the same
from django.test.utils import CaptureQueriesContext  # noqa: E402 - the same

from initiatives.core.models import Event  # noqa: E402 - the same
from initiatives.funding.models import Account, CostObject, Journal, Kind, Pool, Transfer  # noqa: E402 - the same
from initiatives.organization.models import User  # noqa: E402 - the same

WRITERS, CENT, MOST_QUERIES, LEAST = 8, Decimal("0.01"), 6, 0.5
NOT_QUERIES = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def the_pool() -> tuple[Pool, list[CostObject]]:
    """The pool that gave to the most cost objects, and as many of these as there are writers."""
    given = Account.objects.filter(kind=Kind.ALLOCATED, balance__gt=1000, cost_object__stopped="")  # whose work goes on
    pool = Pool.objects.get(pk=given.values("pool").annotate(n=Count("pk")).order_by("-n", "pool")[0]["pool"])
    return pool, [row.cost_object for row in given.filter(pool=pool).select_related("cost_object").order_by("pk")[:WRITERS]]


def counted(pool: Pool, thing: CostObject, by: User) -> dict[str, int]:
    """The queries of each kind of posting, sent by a form with its key; `by` has been asked for the standing before."""
    assert by.standing.holds("finance")
    found = {}
    for act in ("commit", "spend", "release"):
        with CaptureQueriesContext(connection) as queries:
            getattr(thing, act)(pool, CENT, by=by, key=uuid.uuid4(), memo="Counted")
        found[act] = sum(not query["sql"].startswith(NOT_QUERIES) for query in queries.captured_queries)
    return found


def insert(row: models.Model) -> tuple[str, list[str], list[Any]]:
    """The statement that writes such a row once more, its columns and values."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    names = [field.column for field in fields]
    places, quoted = ", ".join(["%s"] * len(names)), ", ".join(f'"{name}"' for name in names)
    sql = f'INSERT INTO "{row._meta.db_table}" ({quoted}) VALUES ({places}) RETURNING id'
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    return sql, names, values


def by_hand(pool: Pool, journal: Journal) -> Any:
    """A function that writes the rows of `journal` again: a lock, three inserts."""
    transfer = Transfer.objects.get(journal=journal)
    event = Event.objects.filter(verb="funding.costobject.committed", changes__journal=journal.pk).latest("pk")
    statements = [insert(row) for row in (journal, transfer, event)]
    (into_journals, journals, wrote), (into_transfers, transfers, moved), (into_events, _, told) = statements
    key, of = journals.index("key"), transfers.index("journal_id")

    def post() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM funding_pool WHERE id = %s FOR NO KEY UPDATE", [pool.pk])
            wrote[key] = uuid.uuid4()
            cursor.execute(into_journals, wrote)
            moved[of] = cursor.fetchone()[0]
            cursor.execute(into_transfers, moved)
            cursor.execute(into_events, told)

    return post


def writer(way: str, place: int, seconds: float, together: Barrier, done: "Queue[int]") -> None:
    pool, things = the_pool()
    thing, by = things[place], User.objects.get(email="finance@seed.example")

    def posted() -> Journal:
        return thing.commit(pool, CENT, by=by, key=uuid.uuid4(), memo="Posted")

    first = posted()
    post = posted if way == "product" else by_hand(pool, first)
    post()
    together.wait()
    many, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        post()
        many += 1
    done.put(many)


def window(way: str, seconds: float) -> float:
    """Transactions a second of all writers."""
    forks = get_context("fork")
    together, done = forks.Barrier(WRITERS), forks.Queue()
    writers = [forks.Process(target=writer, args=(way, place, seconds, together, done)) for place in range(WRITERS)]
    for one in writers:
        one.start()
    total = sum(done.get(timeout=20 + seconds) for _ in writers)
    for one in writers:
        one.join()
    return total / seconds


def main() -> int:
    seconds, rounds = float(sys.argv[1]), int(sys.argv[2])
    pool, things = the_pool()
    queries = counted(pool, things[0], User.objects.get(email="finance@seed.example"))
    connection.close()  # each writer opens its own
    ways: dict[str, list[float]] = {"product": [], "by hand": []}
    for number in range(rounds):
        for way in sorted(ways, reverse=number % 2 == 0):
            ways[way].append(window(way, seconds))
    product, hand = statistics.median(ways["product"]), statistics.median(ways["by hand"])
    met = product >= LEAST * hand and max(queries.values()) <= MOST_QUERIES
    print(json.dumps({"posting": queries, "a_second": product, "by_hand_a_second": hand, "share": product / hand, "met": met}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
