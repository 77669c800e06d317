"""Finding programmes and their terms, and writing terms as the document of a close bundle."""

from datetime import date
from uuid import UUID

from licensing.engine.model import Terms
from licensing.engine.terms import load_document, validate_terms
from licensing.terms.calculation import for_period, toml_text
from licensing.terms.models import Programme, TermsState, TermsVersion
from licensing.terms.policies import READ_TERMS_DOCUMENT
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.querysets import VisibleQuerySet


def programmes(*, actor: Actor) -> VisibleQuerySet[Programme]:
    """List the programmes the actor may see."""
    return Programme.objects.visible_to(actor).select_related("alliance", "pool", "operating_entity")


def terms_versions(*, actor: Actor) -> VisibleQuerySet[TermsVersion]:
    """List the versions of terms of which the actor may read the whole document."""
    return TermsVersion.objects.permitted_to(actor, READ_TERMS_DOCUMENT).select_related("programme")


def tariffs(*, actor: Actor) -> VisibleQuerySet[TermsVersion]:
    """List the versions of terms of which the actor may read at least the rates."""
    return TermsVersion.objects.visible_to(actor).select_related("programme")


def get_programme(programme_id: UUID, *, actor: Actor, for_change: bool = False) -> Programme:
    """Return one programme the actor may see, locked if it is to be changed."""
    return get_visible(Programme, programme_id, actor=actor, for_change=for_change)


def get_terms(terms_version_id: UUID, *, actor: Actor, for_change: bool = False) -> TermsVersion:
    """Return one version of terms of which the actor may read the whole document, locked if it is to be changed."""
    version = get_visible(TermsVersion, terms_version_id, actor=actor, for_change=for_change)
    require(actor, READ_TERMS_DOCUMENT, version)
    return version


def terms_in_force(programme_id: UUID, on: date) -> TermsVersion | None:
    """Return the published version of a programme's terms that is in force on a day, or None before the first."""
    return (
        TermsVersion.objects.filter(programme=programme_id, state=TermsState.PUBLISHED, in_force_from__lte=on)
        .select_related("programme")
        .order_by("-in_force_from")
        .first()
    )


def terms_before(version: TermsVersion, *, actor: Actor) -> TermsVersion | None:
    """Return the published version that another one follows, or is to follow, of those the actor may read whole."""
    return (
        terms_versions(actor=actor)
        .filter(programme=version.programme_id, state=TermsState.PUBLISHED, in_force_from__lte=version.in_force_from)
        .exclude(pk=version.pk)
        .order_by("-in_force_from")
        .first()
    )


def typed_terms(version: TermsVersion) -> Terms:
    """Return a version's terms as the engine reads them, for the year it comes into force; the caller may read it."""
    document = for_period(
        load_document(version.document),
        programme=version.programme.code,
        currency=version.programme.currency,
        period=f"{version.in_force_from.year:04d}",
    )
    return validate_terms(document)


def bundle_terms(version: TermsVersion, *, period: str) -> bytes:
    """Write a version as `programme.toml` of the close bundle for one period; the caller may read it."""
    document = for_period(
        load_document(version.document),
        programme=version.programme.code,
        currency=version.programme.currency,
        period=period,
    )
    return toml_text(document).encode()
