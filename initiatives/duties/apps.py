from django.apps import AppConfig


class Duties(AppConfig):
    name = "initiatives.duties"
    label = "duties"

    def ready(self) -> None:
        from initiatives.core import readiness
        from initiatives.core.imports import ending
        from initiatives.duties import access, compose, departures, letters, outbox, post  # noqa: F401 - access registers the rules
        from initiatives.organization import departures as leaving
        from initiatives.organization import letters as handed_in

        compose.fresh("digest", letters.digest)
        compose.fresh("escalation", letters.escalation)
        compose.fresh("import_ended", letters.import_ended)
        ending.write_with(post.import_ended)
        handed_in.send_with(post.carry)
        leaving.register(departures.asked_of, departures.hand_over)
        leaving.when_role_ends(departures.role_ended)
        readiness.register("outbox", outbox.readiness)
