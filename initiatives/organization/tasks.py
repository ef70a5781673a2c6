"""Roles start and end by date: each night, and whenever beat rings, the stewards' groups follow."""

from celery import shared_task

from initiatives.organization.models.roles import project_stewards


@shared_task(name="organization.project_roles")
def project_roles() -> None:
    """Make every department's group of stewards again; may run at any time and twice."""
    project_stewards()
