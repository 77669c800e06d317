"""The scenes about licences that a member gives outside any programme."""

from datetime import date
from typing import Final

from django.db.models import QuerySet

from licensing.direct.models import DirectKind
from licensing.direct.services import NewDirectLicence, draft_direct_licence, send_direct_licence
from platform_site.demo.names import MEMBER_OF
from platform_site.demo.people import administrator_of
from platform_site.demo.stage import Script, Stage
from pools.patents.models import Patent

LICENSOR: Final = "YAOXI"
SENT_ON, DRAFTED_ON = date(2026, 11, 3), date(2026, 11, 13)


class LicensingAlone:
    """Plays the scenes about licences between two members."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self, script: Script) -> None:
        """Plan a licence that was sent, and one that is being drafted."""
        script.add(SENT_ON, "10:40", "licences outside programmes", self._send)
        script.add(DRAFTED_ON, "16:20", "licences outside programmes", self._draft)

    def _send(self) -> None:
        actor = self._stage.acting(administrator_of(MEMBER_OF[LICENSOR].firm))
        lasting = self._own().exclude(ends_on__lte=date(2030, 1, 1))
        own = lasting.filter(country="CN", granted_on__lt=SENT_ON).order_by("publication")[:3]
        licence = draft_direct_licence(
            actor=actor,
            licence=NewDirectLicence(
                alliance_id=self._stage.alliance,
                code="YX-2026-03",
                kind=DirectKind.ORDINARY,
                licensee_id=self._stage.organisations[MEMBER_OF["LANYU"].firm.key],
                patent_ids=[patent.pk for patent in own],
                territory=["CN"],
                fields=["车载显示"],
                products=["12.3 英寸仪表屏", "中控屏"],
                starts_on=date(2027, 1, 1),
                ends_on=date(2029, 12, 31),
            ),
        )
        send_direct_licence(actor=actor, licence_id=licence.pk)

    def _draft(self) -> None:
        newest = self._own().filter(granted_on=None, entries=None).order_by("-filed_on", "publication")[:1]
        american = self._own().filter(country="US", entries=None).order_by("publication")[:1]
        draft_direct_licence(
            actor=self._stage.acting(administrator_of(MEMBER_OF[LICENSOR].firm)),
            licence=NewDirectLicence(
                alliance_id=self._stage.alliance,
                code="YX-2026-04",
                kind=DirectKind.SOLE,
                licensee_id=self._stage.organisations[MEMBER_OF["LANYU"].firm.key],
                patent_ids=[patent.pk for patent in (*newest, *american)],
                territory=["KR"],
                fields=["车载显示"],
                starts_on=date(2027, 1, 1),
                ends_on=date(2031, 12, 31),
            ),
        )

    def _own(self) -> QuerySet[Patent]:
        owner = self._stage.organisations[MEMBER_OF[LICENSOR].firm.key]
        return Patent.objects.filter(ownerships__owner=owner, ownerships__to_on=None)
