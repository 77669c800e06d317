"""The scenes about contracts: programmes and their terms, licences, charges, direct licences and exchange rates."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from licensing.agreements.models import Standing
from licensing.agreements.services import (
    NewChange,
    NewCharge,
    NewLicence,
    NewRate,
    countersign_licence,
    draft_licence,
    expire_licence,
    raise_charge,
    record_licence_change,
    send_licence,
    set_exchange_rates,
    sign_licence,
)
from licensing.clauses.services import NewClauses, record_clauses
from licensing.terms.services import draft_terms, open_programme, publish_terms, take_programme_step
from platform_site.demo.days import TODAY, first_day, last_day, on_weekday
from platform_site.demo.licences import LICENCES
from platform_site.demo.people import CALCULATOR, SECRETARY
from platform_site.demo.pooling import Pooling
from platform_site.demo.programmes import PROGRAMMES, Change, Charge, Licence, Programme, Terms
from platform_site.demo.sales import exchange_rates
from platform_site.demo.stage import Script, Stage

LICENSEES_KNOWN_ON: Final = date(2025, 6, 18)


class Contracting:
    """Plays the scenes about contracts, and remembers under which ids they are on record."""

    def __init__(self, stage: Stage, pooling: Pooling) -> None:
        self._stage = stage
        self._pooling = pooling
        self.programmes: dict[str, UUID] = {}
        self.licences: dict[str, UUID] = {}
        self._terms: dict[tuple[str, int], UUID] = {}
        self._signed_terms = {
            licence.code: programme.terms_on(max(licence.signed_on, programme.terms[0].in_force_from)).number
            for programme in PROGRAMMES
            for licence in LICENCES
            if licence.programme == programme.code
        }

    def plan(self, script: Script) -> None:
        """Plan all scenes about contracts."""
        for programme in PROGRAMMES:
            script.add(date(2025, 6, 5), "10:00", "programmes", partial(self._open, programme))
            for version in programme.terms:
                script.add(version.published_on, "09:00", "programmes", partial(self._draft_terms, programme, version))
                script.add(version.published_on, "15:00", "programmes", partial(self._publish, programme, version))
            script.add(programme.terms[0].published_on, "16:00", "programmes", partial(self._launch, programme))
            months = sorted({month for month, _, _ in exchange_rates(programme)})
            for month in months:
                day = on_weekday(last_day(month) + timedelta(days=2))
                script.add(day, "11:00", "exchange rates", partial(self._set_rates, programme, month))
        for licence in LICENCES:
            self._plan_licence(script, licence)

    def _plan_licence(self, script: Script, licence: Licence) -> None:
        drafted_on = max(licence.signed_on - timedelta(days=6), LICENSEES_KNOWN_ON)
        script.add(drafted_on, "17:00", "licences", partial(self._draft, licence))
        script.add(licence.signed_on, "14:00", "licences", partial(self._sign, licence))
        for charge in licence.charges:
            day = max(first_day(charge.month), licence.signed_on)
            script.add(on_weekday(day), "15:30", "licences", partial(self._charge, licence, charge))
        for change in licence.changes:
            day = first_day(change.from_month) - timedelta(days=5)
            script.add(day, "15:50", "licences", partial(self._change, licence, change))
        if licence.ends_on is not None and licence.ends_on < TODAY:
            script.add(licence.ends_on + timedelta(days=1), "09:00", "licences", partial(self._expire, licence))

    def _open(self, programme: Programme) -> None:
        opened = open_programme(
            actor=self._stage.acting(SECRETARY),
            pool_id=self._pooling.pools[programme.pool],
            operating_entity_id=self._stage.entity,
            code=programme.code,
            name=f"{programme.name_zh} {programme.name_en}",
            currency=programme.currency,
        )
        self.programmes[programme.code] = opened.pk

    def _draft_terms(self, programme: Programme, version: Terms) -> None:
        drafted = draft_terms(
            actor=self._stage.acting(SECRETARY),
            programme_id=self.programmes[programme.code],
            in_force_from=version.in_force_from,
            document=version.text(),
        )
        self._terms[(programme.code, version.number)] = drafted.pk

    def _publish(self, programme: Programme, version: Terms) -> None:
        publish_terms(
            actor=self._stage.acting(SECRETARY), terms_version_id=self._terms[(programme.code, version.number)]
        )

    def _launch(self, programme: Programme) -> None:
        take_programme_step(
            actor=self._stage.acting(SECRETARY), programme_id=self.programmes[programme.code], step="launch"
        )

    def _set_rates(self, programme: Programme, month: str) -> None:
        set_exchange_rates(
            actor=self._stage.acting(CALCULATOR),
            programme_id=self.programmes[programme.code],
            rates=[
                NewRate(month=first_day(month), currency=currency, rate=rate, source="made up for the demonstration")
                for of_month, currency, rate in exchange_rates(programme)
                if of_month == month
            ],
        )

    def _draft(self, licence: Licence) -> None:
        actor = self._stage.acting(SECRETARY)
        drafted = draft_licence(
            actor=actor,
            programme_id=self.programmes[licence.programme],
            licence=NewLicence(
                code=licence.code,
                licensee_id=self._stage.organisations[licence.licensee.key],
                enterprise=licence.enterprise,
                starts_on=licence.starts_on,
                ends_on=licence.ends_on,
                standing=Standing(licence.standing),
                option=licence.option,
            ),
        )
        self.licences[licence.code] = drafted.pk
        send_licence(actor=actor, licence_id=drafted.pk)

    def _sign(self, licence: Licence) -> None:
        actor = self._stage.acting(SECRETARY)
        licence_id = self.licences[licence.code]
        sign_licence(
            actor=actor,
            licence_id=licence_id,
            signed_on=licence.signed_on,
            terms_version_id=self._terms[(licence.programme, self._signed_terms[licence.code])],
        )
        countersign_licence(actor=actor, licence_id=licence_id)
        # Whoever signed first asked to hear when others are treated better.
        is_first = licence.code == min(self.licences)
        clauses = NewClauses(grant_back="non_exclusive", most_favoured=is_first)
        record_clauses(actor=actor, licence_id=licence_id, clauses=clauses)

    def _charge(self, licence: Licence, charge: Charge) -> None:
        raise_charge(
            actor=self._stage.acting(CALCULATOR),
            charge=NewCharge(
                licence_id=self.licences[licence.code],
                month=first_day(charge.month),
                kind=charge.kind,
                amount=Decimal(charge.amount),
                currency=charge.currency,
            ),
        )

    def _change(self, licence: Licence, change: Change) -> None:
        record_licence_change(
            actor=self._stage.acting(SECRETARY),
            change=NewChange(
                licence_id=self.licences[licence.code],
                month=first_day(change.from_month),
                standing=change.standing,
                enterprise=change.enterprise,
                option=change.option,
            ),
        )

    def _expire(self, licence: Licence) -> None:
        expire_licence(actor=self._stage.acting(SECRETARY), licence_id=self.licences[licence.code])
