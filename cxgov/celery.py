"""The Celery application: a doorbell. What is due stands in PostgreSQL; tasks only look there."""

import os
from functools import partial
from typing import Any

import django
from celery import Celery, Task
from celery.signals import beat_init, worker_init

from initiatives.core.again import persistently

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxgov.settings")


class Persistent(Task):  # type: ignore[type-arg]  # of anything
    """A task that the database undid comes again at once: each may run twice, and nobody waits for its next round."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return persistently(partial(self.run, *args, **kwargs), str(self.name))


app = Celery("cxgov", task_cls=Persistent)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The whole beat schedule. Every entry may run twice or late: it asks the database what is due now.
app.conf.beat_schedule = {
    "files of imports that came to nothing": {"task": "core.clear_imports", "schedule": 3600.0},
    "imports that wait": {"task": "core.ring_imports", "schedule": 60.0},
    "roles start and end": {"task": "organization.project_roles", "schedule": 600.0},
    "heartbeat": {"task": "core.heartbeat", "schedule": 60.0, "options": {"expires": 60}},
    "money not answered in time": {"task": "funding.expire", "schedule": 3600.0},
    "actuals that waited": {"task": "funding.try_again", "schedule": 60.0, "options": {"expires": 55}},
    "budgets that changed": {"task": "funding.tell", "schedule": 3600.0},
    "clocks of ownership": {"task": "journey.ring", "schedule": 60.0, "options": {"expires": 55}},
    "rounds of the heads": {"task": "decisions.ring", "schedule": 600.0, "options": {"expires": 590}},
    "reminders and letters": {"task": "duties.ring", "schedule": 60.0, "options": {"expires": 55}},
}


@worker_init.connect
@beat_init.connect
def begin(**kwargs: Any) -> None:
    django.setup()
    from initiatives.core.checks import insist_on_rules  # models load only after setup
    from initiatives.core.patience import Patience

    Patience.TASK.begin()
    insist_on_rules()


@beat_init.connect
def ring_at_once(**kwargs: Any) -> None:
    """Readiness waits for the first heartbeat; nobody should have to wait a minute for it."""
    app.send_task("core.heartbeat", expires=60)
