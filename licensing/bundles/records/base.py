"""What the comparison of every table starts from."""

from uuid import UUID

from licensing.agreements.models import (
    Licence,
)
from licensing.bundles.reading import Bundle
from licensing.terms.models import Programme, TermsVersion
from platform_core.access.actors import Actor
from platform_core.identity.services import register_organisation


class Comparison:
    """One bundle beside one programme's records."""

    def __init__(self, actor: Actor, programme: Programme, bundle: Bundle) -> None:
        self.actor = actor
        self.programme = programme
        self.bundle = bundle
        self.version: TermsVersion | None = None
        self.blocked = False
        """Set once something differs: from then on tables are still compared, but nothing more is recorded."""


def licence_ids(programme: Programme) -> dict[str, UUID]:
    """Return a programme's licences by code."""
    return dict(Licence.objects.filter(programme=programme).values_list("code", "id"))


def organisation_called(actor: Actor, name: str) -> UUID:
    """Register an organisation of a name, and return it."""
    chinese = any("\u4e00" <= character <= "\u9fff" for character in name)
    return register_organisation(actor=actor, name_zh=name if chinese else "", name_en="" if chinese else name).pk
