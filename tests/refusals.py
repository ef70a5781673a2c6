"""By what something is refused: an act by its sentence, a statement of SQL by the name of its constraint."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from initiatives.core.rules import RuleBroken, broken_by


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(RuleBroken) as refused:
        act()
    return str(refused.value)


def refused(sql: str, *values: object, **named: object) -> str | None:
    """The constraint or trigger that refuses this statement, or what the database says where people are told nothing of it.

    None when the statement is carried out.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, named or values)
    except DatabaseError as error:
        return str(error.__cause__.diag.constraint_name) if broken_by(error) else str(error).partition("\n")[0]
    return None
