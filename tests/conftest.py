"""What every test shares: the cast, and a database that forgets between tests although its history is append-only."""

from typing import Any

import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations

pytest_plugins = ["tests.cast"]


def pytest_configure() -> None:
    """Static files are taken from the source tree: no test waits for collectstatic (tests/ui/test_weight.py runs it once)."""
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True, scope="session")
def history_is_emptied_between_transactional_tests() -> Any:
    """Tests that really commit are emptied by TRUNCATE, which the append-only tables refuse; only this flush is let through."""
    flush = DatabaseOperations.sql_flush

    def without_triggers(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        statements = flush(self, *args, **kwargs)
        return ["SET LOCAL session_replication_role = replica", *statements] if statements else statements

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", without_triggers)
        yield
