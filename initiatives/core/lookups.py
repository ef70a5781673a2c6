"""A lookup that Django lacks: the keys of a small query, read first, so that an index finds the rows."""

from typing import Any

from django.db.models import BigAutoField
from django.db.models.lookups import In

from initiatives.core.prepared import Place


@BigAutoField.register_lookup
class Among(In):
    """`pk__among=query`: like `pk__in`, to be used within an OR.

    There PostgreSQL runs an IN or EXISTS for every row of the table; an array is read once, and each half of the OR by its index.
    """

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        if isinstance(self.rhs, Place):
            return f"= ANY {rhs}"
        return f"= ANY (ARRAY[{rhs[1:-1]}])" if self.rhs_is_direct_value() else f"= ANY (ARRAY{rhs})"
