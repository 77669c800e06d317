"""Taking a close bundle into the records, whole or not at all."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from licensing.bundles import records
from licensing.bundles.comparison import Difference
from licensing.bundles.problems import BundleDiffers
from licensing.bundles.reading import Bundle, read_bundle
from licensing.bundles.sales import Sales, cut, read_sales
from licensing.engine.model import first_day
from licensing.reports.services import Upload, file_sales_report
from licensing.terms.models import Programme
from licensing.terms.services import take_over_programme
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.identity.models import Alliance, OperatingEntity
from platform_core.identity.services import open_alliance, open_operating_entity, register_organisation
from platform_core.problems import invalid
from pools.composition.services import take_over_pool

_ONE_AT_A_TIME: Final = 0x6C69616E63686901
"""The key of the lock that lets imports wait for each other."""


@dataclass(slots=True)
class Imported:
    """What an import came to: the programme, and for each kind of thing how many were added and were there already."""

    programme_id: UUID
    alliance_code: str
    programme_code: str
    added: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def changed_nothing(self) -> bool:
        """Whether everything was recorded already."""
        return not any(self.added.values())


def import_bundle(
    *,
    actor: Actor,
    folder: Path,
    alliance_code: str = "",
    programme_code: str = "",
    progress: Callable[[str], None] = lambda stage: None,
) -> Imported:
    """Take a close bundle into an alliance's programme, making what is not there yet; all of it or nothing.

    Without codes, the programme takes the id of the bundle's terms, and the alliance is named after it. What is
    recorded already is left alone, so repeating an import changes nothing. Raises BundleError where there is no
    bundle, BundleRejected where it has mistakes, BundleDiffers where it contradicts what is recorded.
    """
    bundle = read_bundle(folder, progress=progress)
    sales = read_sales(folder, bundle.terms)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        return _Import(actor, bundle, sales, progress).run(alliance_code, programme_code or bundle.terms.id)


class _Import:
    def __init__(self, actor: Actor, bundle: Bundle, sales: Sales, progress: Callable[[str], None]) -> None:
        self.actor = actor
        self.bundle = bundle
        self.sales = sales
        self.progress = progress
        self.differences: list[Difference] = []

    def run(self, alliance_code: str, programme_code: str) -> Imported:
        alliance, new_alliance = self.alliance(alliance_code or _slug(programme_code))
        programme, new_programme = self.programme(alliance, programme_code)
        result = Imported(programme.pk, alliance.code, programme.code, notes=list(self.bundle.notes))
        result.added.update({"alliances": new_alliance, "programmes": new_programme})
        result.unchanged.update({"alliances": not new_alliance, "programmes": not new_programme})

        self.progress("recording members, patents and licences")
        table = records.Tables(self.actor, programme, self.bundle)
        for name, record in (
            ("terms versions", table.terms),
            ("members", table.members),
            ("patents in the pool", table.patents),
            ("licences", table.licences),
            ("licence changes", table.changes),
            ("charges", table.charges),
            ("bilateral licences", table.bilaterals),
            ("exchange rates", table.rates),
            ("payments", table.payments),
        ):
            compared = record()
            result.added[name] = len(compared.new)
            result.unchanged[name] = compared.unchanged
            self.differences.extend(compared.differences)
            table.blocked = bool(self.differences)
        self.progress("filing sales reports")
        self.take_sales(result, programme)
        if self.differences:
            raise BundleDiffers(self.differences)
        if not result.changed_nothing:
            record_event(
                "programme.bundle_imported",
                actor=self.actor,
                subject=programme,
                changes={name: (None, count) for name, count in _event_columns(result.added)},
            )
        return result

    def take_sales(self, result: Imported, programme: Programme) -> None:
        terms = self.bundle.terms
        parts, unchanged, differences = cut(
            self.sales,
            span=terms.period_end - terms.period_start + 1,
            reported=records.reported_lines(programme),
        )
        self.differences.extend(differences)
        result.added["sales reports"] = 0 if self.differences else len(parts)
        result.unchanged["months of sales"] = unchanged
        if self.sales.left_out:
            result.notes.append(
                f"{self.sales.left_out} sales lines are of months that a close of {terms.period} does not look at; "
                "they were left out"
            )
        if self.differences:
            return
        ids = records.licence_ids(programme)
        for part in parts:
            name, content = part.content()
            file_sales_report(
                actor=self.actor,
                licence_id=ids[part.licence],
                first_month=first_day(part.first),
                last_month=first_day(part.last),
                upload=Upload(name, io.BytesIO(content)),
            )

    def alliance(self, code: str) -> tuple[Alliance, bool]:
        found = Alliance.objects.filter(code=code).first()
        if found is not None:
            return found, False
        return open_alliance(actor=self.actor, code=code, name_en=code), True

    def programme(self, alliance: Alliance, code: str) -> tuple[Programme, bool]:
        terms = self.bundle.terms
        found = Programme.objects.select_for_update().filter(alliance=alliance, code=code).first()
        if found is not None:
            if found.currency != terms.currency:
                difference = Difference(
                    "programme.toml", 0, "programme", "currency", recorded=found.currency, given=terms.currency
                )
                raise BundleDiffers([difference])
            return found, False
        pool = take_over_pool(actor=self.actor, alliance_id=alliance.pk, code=code, name=code)
        programme = take_over_programme(
            actor=self.actor,
            pool_id=pool.pk,
            operating_entity_id=self.operating_entity(alliance).pk,
            code=code,
            name=code,
            currency=terms.currency,
        )
        return programme, True

    def operating_entity(self, alliance: Alliance) -> OperatingEntity:
        present = list(OperatingEntity.objects.filter(alliance=alliance).order_by("code")[:2])
        if len(present) > 1:
            raise invalid(
                "/programme",
                "which_entity",
                f"The alliance {alliance.code} has several operating entities: open the programme for one of them "
                "first, then import into it.",
            )
        if present:
            return present[0]
        organisation = alliance.association or register_organisation(actor=self.actor, name_en=str(alliance))
        return open_operating_entity(
            actor=self.actor, alliance_id=alliance.pk, organisation_id=organisation.pk, code="main"
        )


def _slug(programme_code: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", programme_code.lower()).strip("-")[:40].rstrip("-")
    if not slug:
        raise invalid("/alliance", "required", f"Name the alliance: “{programme_code}” does not make a code for one.")
    return slug


def _event_columns(added: dict[str, int]) -> list[tuple[str, int]]:
    return [(name.replace(" ", "_"), int(count)) for name, count in added.items() if count]
