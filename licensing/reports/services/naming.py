"""Which products the names in reports stand for."""

from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.reports.calculation import alias_key
from licensing.reports.models import ProductAlias
from licensing.reports.policies import NAME_PRODUCT, NAME_PRODUCT_OF_ALL, WITHDRAW_PRODUCT_ALIAS
from licensing.reports.selectors import product_codes, products_of, takes_any_product
from licensing.terms.models import Programme
from licensing.terms.selectors import get_programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def name_product(*, actor: Actor, licence_id: UUID, name: str, product: str) -> ProductAlias:
    """Say which product a name stands for in one licensee's reports; what was filed stays as it is."""
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, NAME_PRODUCT, licence)
    return _name(actor, licence.programme, licence, name, product)


@transaction.atomic
def name_product_of_all(*, actor: Actor, programme_id: UUID, name: str, product: str) -> ProductAlias:
    """Say which product a name stands for in the reports of every licensee that has no other use of its own for it."""
    programme = get_programme(programme_id, actor=actor, for_change=True)
    require(actor, NAME_PRODUCT_OF_ALL, programme)
    return _name(actor, programme, None, name, product)


@transaction.atomic
def withdraw_product_alias(*, actor: Actor, alias_id: UUID) -> ProductAlias:
    """Have a name read as it stands from now on."""
    alias = get_visible(ProductAlias, alias_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_PRODUCT_ALIAS, alias)
    if alias.withdrawn_at is not None:
        raise WrongState("This name was withdrawn already.")
    alias.withdrawn_at = actor.clock.now()
    alias.save(update_fields=["withdrawn_at"])
    record_event("product_alias.withdrawn", actor=actor, subject=alias)
    announce(alias)
    return alias


def _name(actor: Actor, programme: Programme, licence: Licence | None, name: str, product: str) -> ProductAlias:
    checks = Checks()
    checks.text("name", name)
    checks.text("product", product)
    key = alias_key(name)
    known = products_of(programme, licence=licence)
    is_closed = bool(known) and not takes_any_product(programme, licence=licence)
    if product and is_closed and product not in known:
        checks.wrong("product", "unknown", f"The programme's products are: {', '.join(known)}.")
    if product.startswith("~"):
        checks.wrong("product", "bad_value", "What begins with ~ is the close's own, and no product.")
    codes = product_codes(programme, licence=licence)
    if key in {alias_key(one) for one in codes} and name.strip() != product:
        checks.wrong("name", "is_product", "This is the code of a product: it stands for itself.")
    checks.refuse()
    alias = ProductAlias(
        programme=programme,
        licence=licence,
        name=name.strip(),
        key=key,
        product=product,
        made_at=actor.clock.now(),
        made_by_id=actor.user_id,
    )
    with told_as(_PROBLEMS):
        alias.save(force_insert=True)
    record_event(
        "product_alias.given",
        actor=actor,
        subject=alias,
        changes={"name": (None, alias.name), "product": (None, alias.product)},
    )
    announce(alias)
    return alias


_PROBLEMS: dict[str, Problem] = {
    "productalias_once": Conflict("This name stands for a product already: withdraw that first."),
}
