from django.apps import AppConfig


class Journey(AppConfig):
    name = "initiatives.journey"
    label = "journey"

    def ready(self) -> None:
        from initiatives.duties import beat as played
        from initiatives.journey import access, asks, beat, outcomes, seams  # noqa: F401 - each registers what the room declares

        played.also(beat.ring)
