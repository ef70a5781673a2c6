from django.apps import AppConfig


class Funding(AppConfig):
    name = "initiatives.funding"
    label = "funding"

    def ready(self) -> None:
        from initiatives.duties import kinds
        from initiatives.funding import access, asks, books_access, news  # noqa: F401 - rules and letters are registered
        from initiatives.organization import departures

        kinds.register(asks.APPROVE_REQUEST)
        kinds.register(asks.AGREE_VIREMENT)
        kinds.register(asks.ANSWER_QUESTION)
        kinds.register(asks.CONFIRM_LIMIT)
        kinds.register(asks.CLOSE_PERIOD)
        kinds.register(asks.RECLAIM_IDLE)
        departures.register(asks.asked_by, asks.hand_over)
        departures.when_role_ends(lambda person, _, by: asks.hand_over(person, by))
