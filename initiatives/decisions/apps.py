from django.apps import AppConfig


class Decisions(AppConfig):
    name = "initiatives.decisions"
    label = "decisions"

    def ready(self) -> None:
        from initiatives.decisions import access, asks, beat  # noqa: F401 - each registers what the room declares
        from initiatives.decisions.reports.against import planned_for
        from initiatives.duties import beat as played
        from initiatives.funding import above

        played.also(beat.ring)
        above.plan_with(planned_for)
