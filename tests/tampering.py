"""What who owns the database could do, and tests do to see that it is found, or to stand where another room would bring them."""

from decimal import Decimal

from django.db import connection

from initiatives.funding.models import CostObject


def tamper(sql: str) -> None:
    """As somebody who owns the database could: with its guards switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def held(thing: CostObject, amount: Decimal) -> None:
    """As if gates held so much of its money; the gates themselves are of the room above."""
    tamper(f"UPDATE funding_costobject SET held = {amount} WHERE id = {thing.pk}")
    thing.refresh_from_db()
