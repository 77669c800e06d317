"""The scenes about patents: their registration, the pools and their lists, sales of patents, lapses and a dispute."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from members.memberships.models import Membership
from platform_site.demo.days import LAUNCHED_ON
from platform_site.demo.names import MEMBER_OF, Member
from platform_site.demo.patents import Entry, Family, Right, entries, families, pool_members
from platform_site.demo.people import SECRETARY
from platform_site.demo.programmes import PROGRAMMES
from platform_site.demo.stage import Script, Stage
from pools.composition.services import (
    NewEntry,
    NewPoolMember,
    add_pool_members,
    edit_entry,
    enter_patents,
    hold_pool_member,
    open_pool,
    publish_list_version,
    take_pool_step,
)
from pools.patents.services import NewPatent, Owner, edit_patent, register_patents, transfer_patent

FIRST_REGISTERED_ON: Final = date(2025, 5, 12)
FIRST_LISTED_ON: Final = date(2025, 5, 28)
"""When the first list was settled; it is in force from the pools' launch."""

LISTS_PUBLISHED_ON: Final = (date(2025, 6, 3), date(2026, 3, 3), date(2026, 9, 1))
"""When the list is published: at the launch, and after the changes of each half-year."""


class Pooling:
    """Plays the scenes about patents, and remembers under which ids they are on record."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.pools: dict[str, UUID] = {}
        self.members: dict[tuple[str, str], UUID] = {}
        self._patents: dict[Right, UUID] = {}
        self._entries: dict[Entry, UUID] = {}

    def patent(self, publication: str) -> UUID:
        """Return the id under which a right is on record."""
        return next(pk for right, pk in self._patents.items() if right.numbers.publication == publication)

    def plan(self, script: Script) -> None:
        """Plan all scenes about patents."""
        self._plan_register(script)
        self._plan_pools(script)
        self._plan_lists(script)

    def _plan_register(self, script: Script) -> None:
        new: dict[date, list[tuple[Family, Right]]] = defaultdict(list)
        for family in families():
            for right in family.rights:
                known_on = right.granted_on or right.published_on
                new[max(known_on, FIRST_REGISTERED_ON)].append((family, right))
                if (
                    right.ended_by in ("lapsed", "invalidated")
                    and right.ends_on
                    and right.ends_on > FIRST_REGISTERED_ON
                ):
                    script.add(right.ends_on, "09:50", "patents", partial(self._end, right, right.ends_on))
            for former, buyer in zip(family.holdings, family.holdings[1:], strict=False):
                if buyer.from_on is not None:
                    script.add(
                        buyer.from_on,
                        "09:55",
                        "patents",
                        partial(self._transfer, family, former.member, buyer.member, buyer.from_on),
                    )
        for day, rights in new.items():
            script.add(day, "09:40", "patents", partial(self._register, day, rights))

    def _plan_pools(self, script: Script) -> None:
        for programme in PROGRAMMES:
            pool = programme.pool
            name = f"{programme.pool_zh} {programme.pool_en}"
            script.add(date(2025, 4, 15), "10:00", "pools", partial(self._open, pool, name))
            script.add(date(2025, 4, 16), "10:00", "pools", partial(self._step, pool, "open call"))
            for joined in sorted({member.joined for member in pool_members(pool)}):
                members = [member for member in pool_members(pool) if member.joined == joined]
                script.add(max(joined, date(2025, 5, 20)), "10:00", "pools", partial(self._join, pool, members))
            script.add(FIRST_LISTED_ON, "14:00", "pools", partial(self._step, pool, "begin forming"))
            script.add(date(2025, 5, 30), "10:00", "pools", partial(self._step, pool, "agree"))
            script.add(date(2025, 6, 3), "10:00", "pools", partial(self._step, pool, "launch"))
            for published_on in LISTS_PUBLISHED_ON:
                script.add(published_on, "16:20", "pools", partial(self._publish_list, pool))
            for member in pool_members(pool):
                if member.held_from is not None:
                    script.add(member.held_from, "15:00", "pools", partial(self._hold, pool, member))

    def _plan_lists(self, script: Script) -> None:
        for programme in PROGRAMMES:
            listed: dict[date, list[Entry]] = defaultdict(list)
            for entry in entries(programme.pool):
                listed[FIRST_LISTED_ON if entry.enters_on == LAUNCHED_ON else entry.enters_on].append(entry)
                # Whoever sells a patent leaves the list by the sale itself.
                if entry.leaves_on is not None and entry.leaves_on != entry.holding.to_on:
                    script.add(entry.leaves_on, "11:30", "pools", partial(self._take_out, entry, entry.leaves_on))
            for day, new in listed.items():
                script.add(day, "11:00", "pools", partial(self._enter, programme.pool, new))

    def _register(self, day: date, rights: Iterable[tuple[Family, Right]]) -> None:
        order = list(rights)
        registered = register_patents(
            actor=self._stage.acting(SECRETARY),
            alliance_id=self._stage.alliance,
            patents=[self._new(family, right, day) for family, right in order],
        )
        for (_, right), patent in zip(order, registered, strict=True):
            self._patents[right] = patent.pk

    def _new(self, family: Family, right: Right, day: date) -> NewPatent:
        return NewPatent(
            publication=right.numbers.publication,
            country=right.country,
            family=family.code,
            application=right.numbers.patent_number or right.numbers.application,
            filed_on=right.filed_on,
            title=f"{family.title_zh} {family.title_en}",
            granted_on=right.granted_on,
            ends_on=right.end_known_on(day),
            owners=tuple(
                Owner(owner_id=self._organisation(holding.member), share=Decimal(holding.share))
                for holding in family.holdings
                if (holding.from_on is None or holding.from_on <= day)
                and (holding.to_on is None or day < holding.to_on)
            ),
        )

    def _end(self, right: Right, day: date) -> None:
        edit_patent(actor=self._stage.acting(SECRETARY), patent_id=self._patents[right], ends_on=day)

    def _transfer(self, family: Family, seller: str, buyer: str, day: date) -> None:
        for right in family.rights:
            known_on = right.granted_on or right.published_on
            if known_on < day:
                transfer_patent(
                    actor=self._stage.acting(SECRETARY),
                    patent_id=self._patents[right],
                    from_owner_id=self._organisation(seller),
                    to_owner_id=self._organisation(buyer),
                    on=day,
                )

    def _open(self, pool: str, name: str) -> None:
        opened = open_pool(actor=self._stage.acting(SECRETARY), alliance_id=self._stage.alliance, code=pool, name=name)
        self.pools[pool] = opened.pk

    def _step(self, pool: str, step: str) -> None:
        take_pool_step(actor=self._stage.acting(SECRETARY), pool_id=self.pools[pool], step=step)

    def _join(self, pool: str, members: list[Member]) -> None:
        ids = dict(
            Membership.objects.filter(
                alliance=self._stage.alliance, code__in=[member.code for member in members]
            ).values_list("code", "pk")
        )
        added = add_pool_members(
            actor=self._stage.acting(SECRETARY),
            pool_id=self.pools[pool],
            members=[
                NewPoolMember(
                    membership_id=ids[member.code],
                    segment=member.segment,
                    enters_on=max(member.joined, LAUNCHED_ON),
                )
                for member in members
            ],
        )
        for member, row in zip(members, added, strict=True):
            self.members[(pool, member.code)] = row.pk

    def _hold(self, pool: str, member: Member) -> None:
        hold_pool_member(
            actor=self._stage.acting(SECRETARY),
            member_id=self.members[(pool, member.code)],
            reason="Ownership of two listed rights is disputed in court",
        )

    def _publish_list(self, pool: str) -> None:
        publish_list_version(actor=self._stage.acting(SECRETARY), pool_id=self.pools[pool])

    def _enter(self, pool: str, new: list[Entry]) -> None:
        entered = enter_patents(
            actor=self._stage.acting(SECRETARY),
            pool_id=self.pools[pool],
            entries=[
                NewEntry(
                    patent_id=self._patents[entry.right],
                    member_id=self.members[(pool, entry.holding.member)],
                    share=Decimal(entry.holding.share),
                    class_label=entry.label,
                    products=() if entry.products == ("*",) else entry.products,
                    enters_on=entry.enters_on,
                )
                for entry in new
            ],
        )
        for entry, row in zip(new, entered, strict=True):
            self._entries[entry] = row.pk

    def _take_out(self, entry: Entry, day: date) -> None:
        edit_entry(actor=self._stage.acting(SECRETARY), entry_id=self._entries[entry], leaves_on=day)

    def _organisation(self, member: str) -> UUID:
        return self._stage.organisations[MEMBER_OF[member].firm.key]
