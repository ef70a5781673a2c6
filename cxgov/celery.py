"""The Celery application: a doorbell. What is due stands in PostgreSQL; tasks only look there."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxgov.settings")

app = Celery("cxgov")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# The whole beat schedule. Every entry may run twice or late: it asks the database what is due now.
app.conf.beat_schedule = {
    "roles start and end": {"task": "organization.project_roles", "schedule": 600.0},
}
