"""Django's has_perm, answered by the policy registry: roles by date, then what the object says."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import models

from initiatives.core import policy


class Standing(BaseBackend):
    """No table of model permissions and no superuser: a permission is what a room's access.py answers."""

    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        return policy.permits(user_obj, perm, obj)
