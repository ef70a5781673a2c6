from django.apps import AppConfig


class Journey(AppConfig):
    name = "initiatives.journey"
    label = "journey"

    def ready(self) -> None:
        from initiatives.core.imports import targets
        from initiatives.duties import beat as played
        from initiatives.journey import access, asks, beat, outcome_letters, outcomes, seams  # noqa: F401 - each registers what the room declares
        from initiatives.journey.imports.readings import Readings
        from initiatives.journey.imports.target import Touchpoints

        played.also(beat.ring)
        targets.register(Touchpoints())
        targets.register(Readings())
