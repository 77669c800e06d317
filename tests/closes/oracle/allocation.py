"""Section 6 of the reference: who gets the billed micros, credits, payments and the last rounding."""

from collections import defaultdict
from fractions import Fraction

from tests.closes.oracle.calendar import days_of, first_day
from tests.closes.oracle.numbers import MICRO, apportion, half_away, scaled, to_minor
from tests.closes.oracle.records import Bundle, Member, Patent
from tests.closes.oracle.royalties import Bucket, Invoice, Key, Royalties
from tests.closes.oracle.terms import Node, Reach, When

Shares = dict[str, int]


class Allocation:
    """The flow of each bucket's billed micros down the tree."""

    def __init__(self, bundle: Bundle, royalties: Royalties) -> None:
        self.bundle = bundle
        self.terms = bundle.terms
        self.royalties = royalties
        self._patent_weights: dict[tuple[int, str, str, str, str], dict[str, Fraction]] = {}

    def allocate(self, bucket: Bucket) -> Shares:
        """The micros of each payee in the bucket, `~fee` included, credits not yet taken out."""
        fee = self.terms.admin_fee_percent
        to_fee, rest = apportion(bucket.billed, scaled([fee, 100 - fee]))
        shares: Shares = defaultdict(int)
        shares["~fee"] += to_fee
        root = self.terms.allocation
        everyone = sorted(self.bundle.members)
        if self.is_empty(root, everyone, bucket):
            shares["~undistributed"] += rest
        else:
            self.flow(root, rest, everyone, bucket, shares)
        return {payee: micros for payee, micros in shares.items() if micros}

    # -- emptiness

    def is_empty(self, node: Node, restriction: list[str], bucket: Bucket) -> bool:
        if not self.is_empty_itself(node, restriction, bucket):
            return False
        return node.otherwise is None or self.is_empty(node.otherwise, restriction, bucket)

    def is_empty_itself(self, node: Node, restriction: list[str], bucket: Bucket) -> bool:
        if node.when is not None and not _met(node.when, bucket):
            return True
        if node.by in ("member", "reserve"):
            return False
        if node.by in ("segment", "split"):
            return not any(share for share, _, _ in self.children(node, restriction, bucket))
        return not any(self.weights(node, restriction, bucket).values())

    def children(self, node: Node, restriction: list[str], bucket: Bucket) -> list[tuple[Fraction, Node, list[str]]]:
        """The children that are not empty, each with its share and the members it is restricted to."""
        children: list[tuple[Fraction, Node, list[str]]] = []
        if node.by == "segment":
            assert node.within is not None
            for segment in sorted(node.shares):
                inside = [name for name in restriction if self.bundle.members[name].segment == segment]
                children.append((node.shares[segment], node.within, inside))
        else:
            for share, branch in node.branches:
                children.append((share, branch, restriction))
        return [child for child in children if not self.is_empty(child[1], child[2], bucket)]

    # -- the flow

    def flow(self, node: Node, amount: int, restriction: list[str], bucket: Bucket, shares: Shares) -> None:
        if self.is_empty_itself(node, restriction, bucket):
            assert node.otherwise is not None
            self.flow(node.otherwise, amount, restriction, bucket, shares)
        elif node.by == "member":
            shares[self.payee(node.member)] += amount
        elif node.by == "reserve":
            shares[f"~reserve:{node.reserve}"] += amount
        elif node.by in ("segment", "split"):
            children = self.children(node, restriction, bucket)
            parts = apportion(amount, scaled([share for share, _, _ in children]))
            for (_, child, inside), part in zip(children, parts, strict=True):
                self.flow(child, part, inside, bucket, shares)
        else:
            weights = self.weights(node, restriction, bucket)
            members = sorted(weights)
            numbers = [weights[member] for member in members]
            if node.cap_percent is not None:
                capped = capped_shares(numbers, node.cap_percent / 100)
                parts = apportion(amount, [half_away(share * 10**12) for share in capped])
            else:
                parts = apportion(amount, scaled(numbers))
            for member, part in zip(members, parts, strict=True):
                shares[self.payee(member)] += part

    def payee(self, member: str) -> str:
        return f"~held:{member}" if self.bundle.members[member].held else member

    # -- weights

    def weights(self, node: Node, restriction: list[str], bucket: Bucket) -> dict[str, Fraction]:
        """The weight of every member of the restriction that is in on the first day of the bucket's month."""
        taking_part = [name for name in restriction if _is_in(self.bundle.members[name], bucket)]
        if node.by == "equal":
            return dict.fromkeys(taking_part, Fraction(1))
        if node.by == "column":
            return {name: self.bundle.members[name].weights[node.column] for name in taking_part}
        given = node.points if node.by == "points" else self.patent_weights(node, bucket)
        return {name: given.get(name, Fraction(0)) for name in taking_part}

    def patent_weights(self, node: Node, bucket: Bucket) -> dict[str, Fraction]:
        # Worked out once for each node and all that it may depend on: the same buckets recur by the thousand.
        asked = (id(node), bucket.product, bucket.made_in, bucket.sold_in, bucket.month)
        if asked not in self._patent_weights:
            total: dict[str, Fraction] = defaultdict(Fraction)
            days = days_of(bucket.month) if node.time == "days" else [first_day(bucket.month)]
            product = bucket.product if bucket.kind == "sales" else None
            for day in days:
                for countries in self.roles(node, bucket):
                    rows = [row for country in countries for row in self.royalties.counting(country, product, day)]
                    for owner in {row.owner for row in rows}:
                        mine = [row for row in rows if row.owner == owner]
                        total[owner] += _weight(node, mine)
            if node.by == "coverage":
                total = defaultdict(Fraction, {owner: Fraction(1) for owner in total})
            self._patent_weights[asked] = dict(total)
        return self._patent_weights[asked]

    def roles(self, node: Node, bucket: Bucket) -> list[list[str]]:
        """The countries asked, one list for each role in which a patent is taken."""
        everywhere = sorted({patent.country for patent in self.bundle.patents})
        if bucket.kind != "sales" or node.territory == "any":
            return [everywhere]
        if node.territory == "sold_in":
            return [[bucket.sold_in]]
        if node.territory == "made_in":
            return [[bucket.made_in]]
        if node.territory == "either":
            return [sorted({bucket.made_in, bucket.sold_in})]
        return [[bucket.made_in], [bucket.sold_in]]


def capped_shares(weights: list[Fraction], cap: Fraction) -> list[Fraction]:
    """Shares of which none is above the cap; what a capped member loses goes to the others by their weights."""
    shares = [weight / sum(weights) for weight in weights]
    fixed: set[int] = set()
    while True:
        above = {index for index, share in enumerate(shares) if index not in fixed and share > cap}
        if not above:
            return shares
        fixed |= above
        others = [index for index in range(len(weights)) if index not in fixed and weights[index] > 0]
        if not others:
            return [Fraction(1, len(fixed)) if index in fixed else Fraction(0) for index in range(len(weights))]
        left = 1 - cap * len(fixed)
        of_others = sum(weights[index] for index in others)
        for index in range(len(weights)):
            if index in fixed:
                shares[index] = cap
            else:
                shares[index] = left * weights[index] / of_others


def _is_in(member: Member, bucket: Bucket) -> bool:
    day = first_day(bucket.month)
    return (member.enters is None or member.enters <= day) and (member.leaves is None or day < member.leaves)


def _met(when: When, bucket: Bucket) -> bool:
    """Whether the bucket matches all the lists given; minimums and charges have neither product nor country."""
    if when.licences is not None and bucket.licence_id not in when.licences:
        return False
    if when.products is not None and (bucket.kind == "minimum" or bucket.product not in when.products):
        return False
    if when.sold_in is not None and (bucket.kind != "sales" or bucket.sold_in not in when.sold_in):
        return False
    return not (when.made_in is not None and (bucket.kind != "sales" or bucket.made_in not in when.made_in))


def _weight(node: Node, rows: list[Patent]) -> Fraction:
    """The weight of one member's counting rows."""
    if node.by == "coverage":
        return Fraction(1) if rows else Fraction(0)
    families: dict[str, list[Patent]] = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    if node.count == "reach":
        assert node.reach is not None
        return sum((_reach(node.reach, family) for family in families.values()), Fraction(0))

    def of_row(row: Patent) -> Fraction:
        return node.class_weights.get(row.label, Fraction(1)) * row.share

    if node.count == "publications":
        return sum((of_row(row) for row in rows), Fraction(0))
    return sum((max(of_row(row) for row in family) for family in families.values()), Fraction(0))


def _reach(reach: Reach, family: list[Patent]) -> Fraction:
    countries = {row.country for row in family}
    base = reach.major_base if countries & set(reach.major) else reach.base
    further = min(len(countries) - 1, reach.extra_max)
    return (base + reach.extra * further) * max(row.share for row in family)


# -- credits, payments and payees


def take_credits(bundle: Bundle, buckets: list[Bucket], shares: dict[Key, Shares], owed: dict[str, Invoice]) -> None:
    """Credit the licensee with what a member, from whom it already holds a licence, would get of its sales."""
    credited: dict[str, int] = defaultdict(int)
    for bucket in buckets:
        if bucket.kind != "sales":
            continue
        day = first_day(bucket.month)
        for bilateral in bundle.bilaterals:
            in_force = (bilateral.starts is None or bilateral.starts <= day) and (
                bilateral.ends is None or day <= bilateral.ends
            )
            if bilateral.licence_id != bucket.licence_id or not in_force:
                continue
            of_bucket = shares[bucket.key]
            for payee in (bilateral.member_id, f"~held:{bilateral.member_id}"):
                micros = of_bucket.pop(payee, 0)
                if micros:
                    of_bucket[f"~credit:{bilateral.member_id}"] = micros
                    credited[bucket.licence_id] += micros
    for licence_id, micros in credited.items():
        owed[licence_id].credit = to_minor(micros)


def collect(
    bundle: Bundle, buckets: list[Bucket], shares: dict[Key, Shares], owed: dict[str, Invoice]
) -> dict[str, int]:
    """Replace what is owed by what was paid of it; returns the payments used, in minor units, by licence."""
    used: dict[str, int] = {}
    for licence_id, invoice in owed.items():
        used[licence_id] = min(int(bundle.payments.get(licence_id, Fraction(0))), invoice.due)
        places = [
            (bucket.key, payee)
            for bucket in sorted(buckets, key=lambda bucket: bucket.key)
            if bucket.licence_id == licence_id
            for payee in sorted(shares[bucket.key])
            if not payee.startswith("~credit:")
        ]
        micros = [shares[key][payee] for key, payee in places]
        if any(micros):
            for (key, payee), part in zip(places, apportion(used[licence_id] * MICRO, micros), strict=True):
                shares[key][payee] = part
    return used


def pay(bundle: Bundle, shares: dict[Key, Shares], total: int) -> dict[str, int]:
    """What each payee is due in minor units; they add up to the total."""
    sums: dict[str, int] = defaultdict(int)
    for of_bucket in shares.values():
        for payee, micros in of_bucket.items():
            if not payee.startswith("~credit:"):
                sums[payee] += micros
    payees = sorted(payee for payee in sums if sums[payee])
    amounts = dict.fromkeys(bundle.members, 0)
    if payees:
        for payee, amount in zip(payees, apportion(total, [sums[payee] for payee in payees]), strict=True):
            if amount or payee in amounts:
                amounts[payee] = amount
    else:
        assert total == 0
    return amounts
