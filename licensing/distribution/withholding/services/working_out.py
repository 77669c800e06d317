"""The tax withheld of a release, and the account on which it is owed to the tax office."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from licensing.billing.selectors import tax_identity_on
from licensing.close.models import PayeeKind
from licensing.distribution.kinds import WITHHELD_TAX
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.withholding.calculation import tax_on
from licensing.distribution.withholding.models import Withholding
from licensing.distribution.withholding.selectors import (
    relief_on,
    set_off_against,
    withholding_rule_on,
    withholding_rules_on,
)
from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.models import Account
from platform_core.ledger.services import open_account
from platform_core.problems import Conflict


def work_out_withholdings(
    *, run: DistributionRun, items: Iterable[DistributionItem], on: date
) -> dict[UUID, Withholding]:
    """Work out, within a release, the tax withheld of what it gives members abroad, by the rules of its day; by item.

    The release holds the books, without which nobody confirms a rule meanwhile. Tax is on what is paid: what a share
    only pays back is taken off first. Nothing is kept yet. A member's country is that of its tax identity, which
    finance notes: raises Conflict where tax is withheld and a member has none.
    """
    entity = run.programme.operating_entity
    is_withheld = withholding_rules_on(entity.pk, on).exists()
    unknown: list[str] = []
    found: dict[UUID, Withholding] = {}
    earlier: dict[UUID, list[int]] = defaultdict(list)
    for item in items:
        if item.kind != PayeeKind.MEMBER or item.membership is None:
            continue
        organisation = item.membership.organisation
        before = earlier[organisation.pk]
        identity = tax_identity_on(entity.pk, organisation.pk, on) if is_withheld and item.amount_minor > 0 else None
        if is_withheld and item.amount_minor > 0 and identity is None:
            unknown.append(item.membership.code)
        if identity is not None and (rule := withholding_rule_on(entity.pk, identity.country, on)) is not None:
            relief = None
            if rule.treaty_percent is not None:
                relief = relief_on(item.membership, entity.pk, identity.country, on)
            percent = rule.percent if relief is None or rule.treaty_percent is None else rule.treaty_percent
            set_off = min(item.amount_minor, set_off_against(item, run, before))
            base = item.amount_minor - set_off
            found[item.pk] = Withholding(
                item=item,
                membership=item.membership,
                rule=rule,
                relief=relief,
                on=on,
                country=identity.country,
                gross_minor=item.amount_minor,
                set_off_minor=set_off,
                base_minor=base,
                percent=percent,
                tax_minor=tax_on(base, percent),
            )
        before.append(item.amount_minor)
    if unknown:
        raise Conflict(
            f"Tax is withheld from members abroad, and where these members pay theirs is not noted: "
            f"{', '.join(unknown)}. Note who they are to the tax office first."
        )
    return found


def withheld_tax_account(*, actor: Actor, entity: OperatingEntity, currency: str) -> Account:
    """Return where the books keep what is owed to the tax office, opened if need be."""
    return open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=entity.organisation_id,
        kind=WITHHELD_TAX.code,
        purpose=Purpose.ROYALTIES,
        currency=currency,
    )
