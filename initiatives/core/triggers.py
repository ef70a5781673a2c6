"""Words for triggers: a database that refuses a row says why under the name of a constraint, as `rules.says` knows it."""

import pgtrigger

from initiatives.core.rules import says


def refuse(constraint: str, sentence: str) -> str:
    """The PL/pgSQL statement that refuses the row as a broken constraint of this name."""
    says(constraint, sentence)
    quoted = sentence.replace("'", "''")
    return f"RAISE EXCEPTION '{quoted}' USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';"


def with_refusals(func: str, **sentences: str) -> str:
    """The body of a trigger, each "REFUSE name;" in it written out with its sentence."""
    for constraint, sentence in sentences.items():
        func = func.replace(f"REFUSE {constraint};", refuse(constraint, sentence))
    return func


def update_of(*columns: str) -> pgtrigger.UpdateOf:
    """The operation of a trigger that looks at updates of these columns only."""
    return pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]  # its library says no types
