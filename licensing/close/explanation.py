"""Why an amount of a close is what it is: from payees down to the patents behind it, one level at a time.

Everything comes from the results as they are stored; nothing is calculated in another way. At every level the exact
parts add up to the whole, and so do the rounded ones: what is paid is shared over the parts by largest remainder.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery, Sum

from licensing.agreements.models import Licence
from licensing.close.calculation import CREDIT, RESERVE
from licensing.close.models import CloseBucket, CloseCell, CloseRun, CloseShare, PayeeKind, PayeeResult
from licensing.close.selectors import FilesMissing
from licensing.close.stored import rules_of
from licensing.engine.cells import plain
from licensing.engine.explain import Reason, StoredBucket, explain_bucket, why_rate
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.money import apportion, exponent
from platform_core.problems import NotFound, invalid

LEVELS: Final = ("payee", "product", "country", "licence", "bucket", "rule")
"""What can be asked for, each within the one before; a rule's parts are families of patents."""

DEEPEST: Final = "family"

NO_COUNTRY: Final = "-"
"""How the country of a minimum or a charge is written, which has none."""

SHOWN: Final = 200
"""Parts that are listed, the largest first; the others are summed, so that the whole is always there."""

_MICROS: Final = 10**6


@dataclass(frozen=True, slots=True)
class Part:
    """One node of the tree: exact micros, and the minor units that are paid of them (none for credits)."""

    level: str
    key: str
    micros: int
    amount_minor: int | None = None
    name_zh: str = ""
    name_en: str = ""
    kind: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Explained:
    """A node of the tree with the way to it and its parts, the largest first."""

    path: tuple[Part, ...]
    level: str | None
    parts: tuple[Part, ...]
    rest: tuple[int, int, int | None] | None
    """Count, micros and minor units of the parts that are not listed."""
    credits: tuple[Part, ...] = ()
    """At the root only: what members would have got, and was credited to licensees instead."""


def explain_amount(run: CloseRun, asked: Mapping[str, str], *, actor: Actor) -> Explained:
    """Explain one amount of a run that the actor may see; `asked` names the node, level by level from the payee on.

    Raises NotFound where there is no such node, InvalidInput where a level is left out.
    """
    if run.results_claim is None:
        raise NotFound("This run has not been calculated, so there is nothing to explain yet.")
    given = [level for level in LEVELS if asked.get(level)]
    for level, wanted in zip(given, LEVELS, strict=False):
        if level != wanted:
            raise invalid(f"/{wanted}", "required", f"Say which {wanted} the {level} is of.")
    tree = _Tree(run, actor)
    path: tuple[Part, ...] = (tree.root(),)
    credited: tuple[Part, ...] = ()
    for level in given:
        parts = tree.parts(path)
        if level == "payee" and asked[level].startswith(CREDIT):
            parts = tree.credits()
        found = next((part for part in parts if part.key == asked[level]), None)
        if found is None:
            raise NotFound(f"There is no such {level} in this close.")
        path = (*path, found)
    if not given:
        credited = tuple(tree.credits())
    parts = sorted(tree.parts(path), key=lambda part: (-part.micros, part.key))
    shown, left = parts[:SHOWN], parts[SHOWN:]
    path = (*path[:-1], tree.told(path)) if len(path) > 1 else path
    return Explained(path, _below(path[-1].level), tuple(shown), _summed(left), credited)


def exact(micros: int, currency: str) -> str:
    """Write micros out in major units without rounding."""
    return plain(Fraction(micros, 10 ** (exponent(currency) + 6)))


def rounded(parts: Sequence[Part], total: int | None) -> list[Part]:
    """Share an amount in minor units over parts in the order of their keys, so that they add up to it."""
    ordered = sorted(parts, key=lambda part: part.key)
    if total is None:
        return ordered
    weights = [part.micros for part in ordered]
    amounts = apportion(total, weights) if any(weights) else [0] * len(weights)
    return [replace(part, amount_minor=amount) for part, amount in zip(ordered, amounts, strict=True)]


def _below(level: str) -> str | None:
    levels = ("total", *LEVELS, DEEPEST)
    place = levels.index(level) + 1
    return levels[place] if place < len(levels) else None


def _summed(parts: Sequence[Part]) -> tuple[int, int, int | None] | None:
    if not parts:
        return None
    amounts = [part.amount_minor for part in parts]
    known = [amount for amount in amounts if amount is not None]
    return len(parts), sum(part.micros for part in parts), sum(known) if len(known) == len(amounts) else None


class _Tree:
    """The amounts of one run for one reader; what was read of it is kept while one question is answered."""

    def __init__(self, run: CloseRun, actor: Actor) -> None:
        self.run = run
        self.actor = actor
        self._explained: dict[tuple[UUID, str], Mapping[str, Any]] = {}

    def root(self) -> Part:
        cells = CloseCell.objects.visible_to(self.actor).filter(run=self.run).exclude(kind=PayeeKind.CREDIT)
        micros = int(cells.aggregate(whole=Sum("micros"))["whole"] or 0)
        total = self.run.distributed_minor
        reasons = [Reason("close.total", {"licences_owe_minor": self.run.due_minor, "distributed_minor": total})]
        if total * _MICROS != micros:
            reasons.append(Reason("close.rounding", {"micros": str(total * _MICROS - micros)}))
        return Part("total", "", micros, total, facts={"buckets": self.run.bucket_count}, reasons=tuple(reasons))

    def credits(self) -> list[Part]:
        return self._payees(Q(kind=PayeeKind.CREDIT), {})

    def parts(self, path: Sequence[Part]) -> list[Part]:
        """The parts of the node at the end of a path, in the order of their keys."""
        whole = path[-1]
        match whole.level:
            case "total":
                results = PayeeResult.objects.visible_to(self.actor).filter(run=self.run)
                return self._payees(~Q(kind=PayeeKind.CREDIT), dict(results.values_list("payee", "amount_minor")))
            case "payee":
                return rounded(self._products(whole), whole.amount_minor)
            case "product":
                return rounded(self._countries(path), whole.amount_minor)
            case "country":
                return rounded(self._licences(path), whole.amount_minor)
            case "licence":
                return rounded(self._buckets(path), whole.amount_minor)
            case "bucket":
                return rounded(self._rules(path), whole.amount_minor)
            case "rule":
                families = self._families(path)
                if any(family.facts["one_is_enough"] for family in families):
                    # Under coverage each of them bears out the whole, and none a part of it.
                    return families
                return rounded(families, whole.amount_minor)
        return []

    def told(self, path: Sequence[Part]) -> Part:
        """The node at the end of a path with its reasons in full."""
        part = path[-1]
        if part.level == "payee" and part.amount_minor is not None:
            difference = part.amount_minor * _MICROS - part.micros
            return replace(part, reasons=(*part.reasons, Reason("close.rounding", {"micros": str(difference)})))
        if part.level == "bucket":
            return replace(part, reasons=(*part.reasons, *self._why_billed(part), *self._why_shared(path)))
        return part

    # -- payees, products, countries: from the cells --------------------------------------------------------------

    def _payees(self, which: Q, amounts: Mapping[str, int]) -> list[Part]:
        rows = (
            CloseCell.objects.visible_to(self.actor)
            .filter(which, run=self.run)
            .values("payee", "kind", "membership")
            .annotate(whole=Sum("micros"))
        )
        found = {row["payee"]: (row["kind"], row["membership"], int(row["whole"])) for row in rows}
        if amounts:
            results = PayeeResult.objects.visible_to(self.actor).filter(run=self.run)
            for payee, kind, membership in results.values_list("payee", "kind", "membership"):
                found.setdefault(payee, (kind, membership, 0))
        names = self._names(member for _, member, _ in found.values() if member is not None)
        credited = not amounts and all(kind == PayeeKind.CREDIT for kind, _, _ in found.values())
        parts = []
        for payee, (kind, membership, micros) in sorted(found.items()):
            zh, en = names.get(membership, ("", "")) if membership else ("", "")
            amount = None if credited else amounts.get(payee, 0)
            parts.append(Part("payee", payee, micros, amount, zh, en, kind, reasons=(_why_payee(payee, kind),)))
        return parts

    def _names(self, memberships: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
        rows = Membership.objects.visible_to(self.actor).filter(pk__in=set(memberships))
        return {pk: (zh, en) for pk, zh, en in rows.values_list("pk", "organisation__name_zh", "organisation__name_en")}

    def _products(self, payee: Part) -> list[Part]:
        rows = (
            CloseCell.objects.visible_to(self.actor)
            .filter(run=self.run, payee=payee.key)
            .values("product")
            .annotate(whole=Sum("micros"))
        )
        return [
            Part("product", row["product"], int(row["whole"]), reasons=_why_product(row["product"])) for row in rows
        ]

    def _countries(self, path: Sequence[Part]) -> list[Part]:
        _, payee, product = path
        rows = (
            CloseCell.objects.visible_to(self.actor)
            .filter(run=self.run, payee=payee.key, product=product.key)
            .values("sold_in")
            .annotate(whole=Sum("micros"))
        )
        return [Part("country", row["sold_in"] or NO_COUNTRY, int(row["whole"])) for row in rows]

    # -- licences and buckets: from the shares --------------------------------------------------------------------

    def _shares(self, path: Sequence[Part]) -> Any:
        """The buckets of a product and country, each with what the payee gets of it, if anything."""
        _, payee, product, country = path[:4]
        sold_in = "" if country.key == NO_COUNTRY else country.key
        # Looked up bucket by bucket: as a join it may be planned as reading through all shares of all closes.
        share = CloseShare.objects.visible_to(self.actor).filter(bucket=OuterRef("pk"), payee=payee.key)
        buckets = CloseBucket.objects.visible_to(self.actor).filter(run=self.run, product=product.key, sold_in=sold_in)
        return buckets.order_by().annotate(share=Subquery(share.order_by().values("micros")))

    def _licences(self, path: Sequence[Part]) -> list[Part]:
        rows = self._shares(path).values_list("licence").annotate(whole=Sum("share"))
        found = {licence: int(whole) for licence, whole in rows if whole is not None}
        licences = Licence.objects.visible_to(self.actor).filter(pk__in=found).select_related("licensee")
        return [
            Part(
                "licence",
                licence.code,
                found[licence.pk],
                name_zh=licence.licensee.name_zh,
                name_en=licence.licensee.name_en,
                facts={"licence_id": str(licence.pk)},
            )
            for licence in licences
        ]

    def _buckets(self, path: Sequence[Part]) -> list[Part]:
        buckets = self._shares(path).filter(licence=UUID(path[4].facts["licence_id"]))
        return [
            Part(
                "bucket",
                str(bucket.pk),
                int(bucket.share),
                facts={
                    "month": bucket.month,
                    "made_in": bucket.made_in,
                    "sold_in": bucket.sold_in,
                    "currency": bucket.currency,
                    "units": str(bucket.units),
                    "rate_id": bucket.rate_id,
                    "royalty_micros": str(bucket.royalty_micros),
                    "billed_micros": str(bucket.billed_micros),
                },
                reasons=(Reason(f"close.{bucket.reason}"),) if bucket.reason else (),
            )
            for bucket in buckets
            if bucket.share is not None
        ]

    # -- rules and families: from the bundle's small tables -------------------------------------------------------

    def _explain(self, path: Sequence[Part]) -> Mapping[str, Any]:
        bucket, payee = path[5], path[1].key
        key = (UUID(bucket.key), payee)
        if key not in self._explained:
            facts = bucket.facts
            stored = StoredBucket(
                licence_id=path[4].key,
                product=path[2].key,
                made_in=facts["made_in"],
                sold_in=facts["sold_in"],
                month=facts["month"],
                currency=facts["currency"],
                rate_id=facts["rate_id"],
                billed_micros=int(facts["billed_micros"]),
            )
            rules = rules_of(self.run)
            explained = explain_bucket(rules, stored, payee)
            paid_only = rules.terms.collected and not payee.startswith(CREDIT)
            if explained["owed_micros"] != bucket.micros and not paid_only:
                # The files give another amount than the one on record: explaining that one would mislead.
                raise FilesMissing
            self._explained[key] = explained
        return self._explained[key]

    def _rules(self, path: Sequence[Part]) -> list[Part]:
        rules = self._explain(path)["rules"]
        gave = [rule["gave_micros"] for rule in rules]
        # What was received replaces what was owed in the same proportions.
        shared = apportion(path[-1].micros, gave) if any(gave) else gave
        return [
            Part(
                "rule",
                rule["path"],
                micros,
                facts={"families": len(rule["families"])},
                reasons=(_why_rule(rule),),
            )
            for rule, micros in zip(rules, shared, strict=True)
        ]

    def _families(self, path: Sequence[Part]) -> list[Part]:
        rule = next(each for each in self._explain(path)["rules"] if each["path"] == path[-1].key)
        weights = [family["micros"] or 0 for family in rule["families"]]
        shared = apportion(path[-1].micros, weights) if any(weights) else weights
        return [
            Part(
                "family",
                family["family"],
                micros,
                facts={
                    "weight": family["weight"],
                    "patents": family["patents"],
                    "one_is_enough": family["weight"] is None,
                },
            )
            for family, micros in zip(rule["families"], shared, strict=True)
        ]

    def _why_billed(self, bucket: Part) -> list[Reason]:
        terms = rules_of(self.run).terms
        rate = next((rate for rate in terms.rates if rate.id == bucket.facts["rate_id"]), None)
        reasons = [] if rate is None else [why_rate(rate)]
        royalty, billed = bucket.facts["royalty_micros"], bucket.facts["billed_micros"]
        if royalty != billed:
            reasons.append(Reason("close.invoice_rounded", {"royalty_micros": royalty, "billed_micros": billed}))
        return reasons

    def _why_shared(self, path: Sequence[Part]) -> list[Reason]:
        explained, micros = self._explain(path), path[-1].micros
        reasons = []
        if "fee_percent" in explained:
            reasons.append(Reason("close.fee", {"percent": explained["fee_percent"]}))
        if explained["owed_micros"] != micros:
            values = {"owed_micros": str(explained["owed_micros"]), "micros": str(micros)}
            reasons.append(Reason("close.paid_in_part", values))
        return reasons


def _why_payee(payee: str, kind: str) -> Reason:
    values = {"name": payee.removeprefix(RESERVE)} if kind == PayeeKind.RESERVE else {}
    return Reason(f"close.payee.{kind}", values)


def _why_product(product: str) -> tuple[Reason, ...]:
    word, _, name = product.partition(":")
    if word == "~minimum":
        return (Reason("close.minimum", {"id": name}),)
    return (Reason("close.charge", {"kind": name}),) if word == "~charge" else ()


def _why_rule(rule: Mapping[str, Any]) -> Reason:
    names = ("path", "weight", "weights", "cap_percent", "column", "territory", "count", "time")
    values = {name: rule[name] for name in names if name in rule}
    return Reason(f"close.allocation.{rule['by']}", values | {"reached_micros": str(rule["reached_micros"])})
