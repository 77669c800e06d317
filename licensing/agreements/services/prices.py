"""Prices that a licence keeps while terms change, and how far the rates of its renewal may rise."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from uuid import UUID

from django.db.models import Q, QuerySet

from licensing.agreements.calculation import own_enterprise
from licensing.agreements.models import KEPT_STATES, Licence, LicenceChange
from licensing.engine.model import Month, month_of
from licensing.terms.models import TermsState, TermsVersion
from licensing.terms.prices import Licensed, PriceChange, PriceComparison, PriceRise, TooManyCases, price_rises
from licensing.terms.prices.cells import OTHER
from licensing.terms.selectors import typed_terms
from platform_core.access.actors import Actor
from platform_core.problems import Conflict, FieldError, InvalidInput

_MOST_TOLD = 20


def refuse_to_change_kept_prices(*, actor: Actor, version: TermsVersion) -> None:
    """Refuse a version that would bill a licence otherwise which keeps the price of the terms it was signed under.

    Every close uses one version for all licences, so that a new one has to say what such a licence pays as well.
    """
    kept = _billed_under(version).filter(price_locked=True).select_related("terms_version__programme")
    licences = [licence for licence in kept.order_by("code") if licence.terms_version_id != version.pk]
    if not licences:
        return
    fellows = _Fellows(version.programme_id)
    under = {licence.terms_version_id: licence.terms_version for licence in licences if licence.terms_version}
    compared = {pk: _compared(signed_under, version) for pk, signed_under in under.items()}
    errors: list[FieldError] = []
    for licence in licences:
        signed_under = under[licence.terms_version_id]
        errors += _told(licence, signed_under, compared[licence.terms_version_id], fellows)
    if errors:
        raise InvalidInput(
            "Licences keep the price of the terms they were signed under, and this version would bill them otherwise. "
            "Write their rates into entries for them.",
            errors=errors[:_MOST_TOLD],
        )


def require_price_that_can_be_kept(licence: Licence, version: TermsVersion) -> None:
    """Refuse to sign a licence that keeps its price where terms published for later would bill it otherwise."""
    if not licence.price_locked:
        return
    later = TermsVersion.objects.filter(
        programme=licence.programme_id, state=TermsState.PUBLISHED, in_force_from__gt=version.in_force_from
    ).select_related("programme")
    if licence.ends_on is not None:
        # A close works out the whole calendar year by the version in force on its period's last day.
        later = later.filter(in_force_from__lte=date(licence.ends_on.year, 12, 31))
    versions = list(later.order_by("in_force_from"))
    if not versions:
        return
    fellows = _Fellows(licence.programme_id)
    for other in versions:
        if errors := _told(licence, version, _compared(version, other), fellows):
            raise InvalidInput(
                f"Version {other.number} of the terms is published for later and would bill this licence otherwise, "
                "which is to keep its price. Publish a version before it that keeps it, or sign that version.",
                errors=errors[:_MOST_TOLD],
            )


def refuse_to_exceed_ceilings(*, actor: Actor, version: TermsVersion) -> None:
    """Refuse a version under which a renewal would pay more than the licence that it renews allows.

    Otherwise a renewal could be signed under the old terms, and be billed by dearer ones the day after.
    """
    renewals = _billed_under(version).filter(
        renews__renewal_ceiling_percent__isnull=False, renews__terms_version__isnull=False
    )
    told = [
        FieldError("/document", "rises_too_far", sentence)
        for licence in renewals.select_related("renews__terms_version__programme").order_by("code")
        if licence.terms_version_id != version.pk and (sentence := _risen(licence, version, licence.signed_on))
    ]
    if told:
        raise InvalidInput(
            "Licences renew others whose ceiling this version exceeds. Write their rates into entries for them.",
            errors=told[:_MOST_TOLD],
        )


def require_rise_within_ceiling(licence: Licence, version: TermsVersion, signed_on: date | None) -> None:
    """Refuse to sign a renewal that is asked more than the licence that it renews allows, now or by later terms."""
    if licence.renews is None or licence.renews.renewal_ceiling_percent is None:
        return
    later = TermsVersion.objects.filter(
        programme=licence.programme_id, state=TermsState.PUBLISHED, in_force_from__gt=version.in_force_from
    ).select_related("programme")
    if licence.ends_on is not None:
        later = later.filter(in_force_from__lte=date(licence.ends_on.year, 12, 31))
    for other in [version, *later.order_by("in_force_from")]:
        if sentence := _risen(licence, other, signed_on):
            raise Conflict(sentence)


def _billed_under(version: TermsVersion) -> QuerySet[Licence]:
    """Return the licences that a version bills once it is published.

    A close works out the whole calendar year by the version in force on its period's last day, and yearly minimums in
    December: a licence that ended earlier that year is billed by it as well.
    """
    return Licence.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=date(version.in_force_from.year, 1, 1)),
        programme=version.programme_id,
        state__in=KEPT_STATES,
        terms_version__isnull=False,
    )


def _risen(licence: Licence, version: TermsVersion, signed_on: date | None) -> str:
    """Say where a renewal is asked more than was agreed; blank where it is not."""
    earlier = licence.renews
    if earlier is None or earlier.renewal_ceiling_percent is None or earlier.terms_version is None:
        return ""
    starts = _month(licence.starts_on or signed_on) or 0
    try:
        rises = price_rises(
            typed_terms(earlier.terms_version),
            typed_terms(version),
            _licensed(earlier),
            Licensed(licence.code, signed_on, _month(licence.ends_on)),
            at_most=Fraction(earlier.renewal_ceiling_percent),
            in_force=max(starts, _month(version.in_force_from) or 0),
        )
    except TooManyCases:
        return "The rates tell too many cases apart to see how far they rise. Write them more simply."
    ceiling = f"{earlier.renewal_ceiling_percent.normalize():f}"
    return _rise_told(rises[0], earlier.code, ceiling) if rises else ""


def _rise_told(rise: PriceRise, earlier: str, ceiling: str) -> str:
    match rise.what:
        case "royalty_bearing":
            return f"The renewal would owe royalties in cases in which {earlier} does not, beyond the ceiling agreed."
        case "waiver":
            return f"The renewal would lack a waiver of {earlier}, or have a smaller one."
        case "cap":
            return f"The renewal would lack a cap of {earlier}, or have one that is more than {ceiling} % higher."
        case "minimum":
            return f"The renewal’s yearly minimum “{rise.after}” rises by more than {ceiling} % over {earlier}."
        case "rate" if rise.comparable:
            return (
                f"The renewal’s rate “{rise.after}” rises by more than {ceiling} % over “{rise.before}” of "
                f"{earlier}, which is the ceiling that was agreed."
            )
        case "rate":
            return (
                f"The renewal’s rate “{rise.after}” is of another kind than “{rise.before}” of {earlier}, so that "
                f"nobody can say that it rises by no more than {ceiling} %."
            )


def _compared(before: TermsVersion, after: TermsVersion) -> PriceComparison:
    on = after.in_force_from
    return PriceComparison(typed_terms(before), typed_terms(after), in_force=month_of(on.year, on.month))


def _told(
    licence: Licence, signed_under: TermsVersion, compared: PriceComparison, fellows: "_Fellows"
) -> list[FieldError]:
    """Say in which way a licence would be billed otherwise."""
    try:
        changes = compared.changes(_licensed(licence), fellows.of(licence))
    except TooManyCases:
        message = f"{licence.code}: the rates tell too many cases apart to see that its price is kept."
        return [FieldError("/document", "price_not_seen_to_be_kept", message)]
    return [
        FieldError("/document", "price_changes", _sentence(licence.code, signed_under.number, change))
        for change in changes
    ]


def _sentence(code: str, number: int, change: PriceChange) -> str:
    match change.what:
        case "royalty_bearing":
            return f"{code}: royalties would be due in other cases than in version {number}."
        case "waivers":
            return f"{code}: waivers for it would not be those of version {number}."
        case "caps":
            return f"{code}: caps for it would not be those of version {number}."
        case "minimums":
            return f"{code}: yearly minimums for it would not be those of version {number}."
        case "group":
            return f"{code}: it shares a limit with licences of its group that would be billed otherwise."
        case "rate_shared":
            return f"{code}: units of its group would count with its own under another rate than in version {number}."
        case "rate":
            product, made_in, sold_in = _shown(change)
            was, now = change.before or "–", change.after or "–"
            return (
                f"{code}: “{was}” of version {number} would be “{now}”, which asks something else (product {product}, "
                f"made in {made_in}, sold in {sold_in})."
            )


def _shown(change: PriceChange) -> tuple[str, str, str]:
    """Return the product and countries of a case; a star stands for whatever no rate names."""
    case = change.case
    if case is None:
        return "*", "*", "*"
    values = (case.product, case.made_in, case.sold_in)
    product, made_in, sold_in = ("*" if value == OTHER else value for value in values)
    return product, made_in, sold_in


class _Fellows:
    """Which licences of a programme ever accumulate with one another as an enterprise."""

    def __init__(self, programme_id: UUID) -> None:
        licences = Licence.objects.filter(programme=programme_id, state__in=KEPT_STATES)
        self._licences = {licence.pk: licence for licence in licences}
        self._groups: dict[UUID, set[str]] = defaultdict(set)
        self._in_group: dict[str, set[UUID]] = defaultdict(set)
        for licence in self._licences.values():
            self._groups[licence.pk].add(licence.enterprise or own_enterprise(licence.licensee_id))
        changes = LicenceChange.objects.filter(licence__in=self._licences).exclude(enterprise="")
        for licence_id, enterprise in changes.values_list("licence", "enterprise"):
            self._groups[licence_id].add(enterprise)
        for licence_id, groups in self._groups.items():
            for enterprise in groups:
                self._in_group[enterprise].add(licence_id)

    def of(self, licence: Licence) -> list[Licensed]:
        """Return the others that a licence ever is in an enterprise with."""
        together = set().union(*(self._in_group[enterprise] for enterprise in self._groups[licence.pk]))
        return [_licensed(self._licences[pk]) for pk in sorted(together - {licence.pk})]


def _licensed(licence: Licence) -> Licensed:
    return Licensed(licence.code, licence.signed_on, _month(licence.ends_on))


def _month(day: date | None) -> Month | None:
    return None if day is None else month_of(day.year, day.month)
