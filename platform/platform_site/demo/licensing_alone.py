"""The scenes about licences that a member gives outside any programme."""

from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet

from licensing.direct.models import DirectKind, DirectLicence
from licensing.direct.services import (
    NewDirectLicence,
    draft_direct_licence,
    send_direct_licence,
    sign_direct_licence,
    verify_signed_file,
)
from platform_site.demo.certificates import signature_over
from platform_site.demo.letters import Letter, letter_pdf
from platform_site.demo.names import MEMBER_OF
from platform_site.demo.people import administrator_of
from platform_site.demo.stage import ZONE, Script, Stage
from pools.patents.models import Patent

LICENSOR: Final = "YAOXI"
SIGNED_AT: Final = datetime(2026, 10, 28, 15, 5, tzinfo=ZONE)
SENT_ON, DRAFTED_ON = date(2026, 11, 3), date(2026, 11, 13)


class LicensingAlone:
    """Plays the scenes about licences between two members."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def plan(self, script: Script) -> None:
        """Plan a licence that was signed electronically, one that was sent, and one that is being drafted."""
        script.add(SIGNED_AT.date(), "17:30", "licences outside programmes", self._sign)
        script.add(SENT_ON, "10:40", "licences outside programmes", self._send)
        script.add(DRAFTED_ON, "16:20", "licences outside programmes", self._draft)

    def _sign(self) -> None:
        licensor, licensee = MEMBER_OF[LICENSOR].firm, MEMBER_OF["YINGYUE"].firm
        office, signer = administrator_of(licensor), administrator_of(licensee)
        actor = self._stage.acting(office)
        licence = draft_direct_licence(
            actor=actor,
            licence=NewDirectLicence(
                alliance_id=self._stage.alliance,
                code="YX-2026-02",
                kind=DirectKind.ORDINARY,
                licensee_id=self._stage.organisations[licensee.key],
                patent_ids=[patent.pk for patent in self._lasting()[3:5]],
                territory=["CN"],
                fields=["会议显示"],
                products=["会议平板"],
                starts_on=date(2026, 12, 1),
                ends_on=date(2028, 11, 30),
            ),
        )
        send_direct_licence(actor=actor, licence_id=licence.pk)
        text = Letter(
            name="YX-2026-02",
            sender=licensor,
            title_zh="专利实施许可合同",
            title_en="Patent licence",
            text_zh=("许可方许可被许可方在中国境内于会议显示领域实施所列专利，普通许可。",),
            text_en=("The licensor grants the licensee a non-exclusive licence in China, for conference displays.",),
            dated_on=date(2026, 10, 27),
            sealed=False,
        )
        self._stage.attach(office, DirectLicence, licence.pk, text)
        file = signature_over(letter_pdf(text), signer, name="YX-2026-02", at=SIGNED_AT)
        paper = self._stage.attach_file(
            office, DirectLicence, licence.pk, file, title="被许可方的电子签名 Electronic signature of the licensee"
        )
        verified = verify_signed_file(
            actor=actor, licence_id=licence.pk, document_id=paper.pk, signed_on=SIGNED_AT.date()
        )
        sign_direct_licence(
            actor=actor,
            licence_id=licence.pk,
            signed_on=SIGNED_AT.date(),
            document_id=paper.pk,
            verified=verified,
        )

    def _send(self) -> None:
        actor = self._stage.acting(administrator_of(MEMBER_OF[LICENSOR].firm))
        licence = draft_direct_licence(
            actor=actor,
            licence=NewDirectLicence(
                alliance_id=self._stage.alliance,
                code="YX-2026-03",
                kind=DirectKind.ORDINARY,
                licensee_id=self._stage.organisations[MEMBER_OF["LANYU"].firm.key],
                patent_ids=[patent.pk for patent in self._lasting()[:3]],
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

    def _lasting(self) -> QuerySet[Patent]:
        lasting = self._own().exclude(ends_on__lte=date(2030, 1, 1))
        return lasting.filter(country="CN", granted_on__lt=SIGNED_AT.date()).order_by("publication")

    def _own(self) -> QuerySet[Patent]:
        owner = self._stage.organisations[MEMBER_OF[LICENSOR].firm.key]
        return Patent.objects.filter(ownerships__owner=owner, ownerships__to_on=None)
