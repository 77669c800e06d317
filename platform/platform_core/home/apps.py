"""The home page as an application."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """What waits, what changed, and the figures of a role."""

    name = "platform_core.home"
    label = "home"

    def ready(self) -> None:
        """Tell what the core itself knows."""
        from platform_core.connections.models import Connection
        from platform_core.documents.models import Document
        from platform_core.home import books, own
        from platform_core.home.deadlines import deadlines_to_meet
        from platform_core.home.registry import tell_changes, tell_names, tell_waiting
        from platform_core.identity.models import Alliance, Organisation, Seat, User
        from platform_core.ledger.models import BookReopening

        tell_waiting(own.failed_jobs)
        tell_waiting(own.organisations_of_one_code)
        tell_waiting(own.seats_to_confirm)
        tell_waiting(deadlines_to_meet)
        tell_waiting(books.reopenings_to_decide)
        tell_changes(own.events_of_others)
        for model in (Alliance, Organisation, User, Connection):
            tell_names(model)
        tell_names(BookReopening, lambda asked: str(asked.operating_entity.code), along=("operating_entity",))
        tell_names(Seat, along=("user", "organisation"))
        tell_names(Document, lambda document: str(document.title))
