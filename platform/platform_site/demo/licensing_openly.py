"""The scenes about open licences: one that was announced and taken by a firm, and one that is being drafted.

Another firm notified and has not paid in time; a third contests a notice that the owner recorded from paper.
"""

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from licensing.dealings.models import RecordalResult
from licensing.openlicences.models import OpenLicence, PriceScheme, RoyaltyBase
from licensing.openlicences.services import (
    NewDeclaration,
    advise_payment,
    announce_declaration,
    confirm_payment,
    contest_entry,
    draft_declaration,
    edit_declaration,
    file_declaration,
    give_notice,
    prepare_notice,
    record_open_recordal,
    state_royalty,
)
from members.charter.models import BindingAct
from members.charter.services import record_authority
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_site.demo.letters import Letter
from platform_site.demo.names import LICENSEES, MEMBER_OF, Firm
from platform_site.demo.people import SECOND_SECRETARY, Person, administrator_of, reporter_of
from platform_site.demo.stage import Script, Stage
from pools.patents.models import Patent

OWNER: Final = "YAOXI"
TAKER: Final = LICENSEES["penglei"]
UNPAID, CONTESTING = LICENSEES["lilan"], LICENSEES["shuochao"]
AUTHORISED_ON, FILED_ON, ANNOUNCED_ON = date(2026, 8, 3), date(2026, 8, 10), date(2026, 8, 28)
NOTICED_ON, PAID_ON, RECEIVED_ON = date(2026, 9, 15), date(2026, 9, 18), date(2026, 9, 21)
STATED_ON, RECORDED_ON, PAID_AGAIN_ON, DRAFTED_ON = (
    date(2026, 10, 12),
    date(2026, 10, 22),
    date(2026, 10, 26),
    date(2026, 11, 12),
)
NOTICED_UNPAID_ON, ENTERED_ON, CONTESTED_ON = date(2026, 10, 13), date(2026, 10, 28), date(2026, 11, 3)
ENTRY: Final = 6_000_000
"""Sixty thousand yuan, in fen."""
NET_SALES: Final = 438_250_000
"""What was sold in the last twelve days of the quarter, in fen."""


class LicensingOpenly:
    """Plays the scenes about open licences."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._declaration: UUID
        self._licence: UUID
        self._entry: UUID

    def plan(self, script: Script) -> None:
        """Plan a declaration with its licensees, and a draft."""
        for day, at, play in (
            (AUTHORISED_ON, "10:10", self._authorise),
            (FILED_ON, "09:50", self._file),
            (ANNOUNCED_ON, "15:30", self._announce),
            (NOTICED_ON, "11:20", self._notify),
            (PAID_ON, "16:10", self._pay_entry),
            (RECEIVED_ON, "10:30", self._confirm),
            (STATED_ON, "14:40", self._state),
            (RECORDED_ON, "09:20", self._record),
            (PAID_AGAIN_ON, "15:50", self._pay_royalty),
            (NOTICED_UNPAID_ON, "10:15", self._notify_unpaid),
            (ENTERED_ON, "14:10", self._enter),
            (CONTESTED_ON, "09:35", self._contest),
            (DRAFTED_ON, "16:40", self._draft),
        ):
            script.add(day, at, "open licences", play)

    @property
    def _owner(self) -> Person:
        return administrator_of(MEMBER_OF[OWNER].firm)

    def _acting_owner(self) -> Actor:
        return self._stage.acting(self._owner)

    def _acting_taker(self) -> Actor:
        return self._stage.acting(reporter_of(TAKER))

    def _authorise(self) -> None:
        membership = self._stage.memberships[OWNER]
        letter = _letter(MEMBER_OF[OWNER].firm, "授权书", "Letter of authority", "签署许可合同", AUTHORISED_ON)
        record_authority(
            actor=self._stage.acting(SECOND_SECRETARY),
            membership_id=membership,
            seat_id=self._stage.seats[self._owner.email],
            acts=(BindingAct.CONTRACT,),
            title=self._owner.title,
            letter_id=self._stage.attach(self._owner, Membership, membership, letter),
            starts_on=AUTHORISED_ON,
        )

    def _file(self) -> None:
        actor = self._acting_owner()
        drafted = draft_declaration(
            actor=actor,
            declaration=NewDeclaration(
                alliance_id=self._stage.alliance, patent_id=self._own()[0].pk, scheme=PriceScheme.ENTRY_RUNNING
            ),
        )
        self._declaration = drafted.pk
        edit_declaration(
            actor=actor,
            declaration_id=drafted.pk,
            sum_minor=ENTRY,
            sum_within_days=30,
            base=RoyaltyBase.NET_SALES,
            rate_percent=Decimal("1.2"),
            period_months=3,
            pays_within_days=30,
            ends_on=date(2029, 12, 31),
            basis="参照同类视频解码专利近三年普通许可的提成比例（0.8 % 至 1.5 %），入门费按评估与备案成本确定。",
            contact=f"{MEMBER_OF[OWNER].firm.name_zh} 知识产权部",
        )
        file_declaration(actor=actor, declaration_id=drafted.pk, filed_on=FILED_ON)

    def _announce(self) -> None:
        announce_declaration(
            actor=self._acting_owner(),
            declaration_id=self._declaration,
            announced_on=ANNOUNCED_ON,
            announcement_number="KF20260828017",
        )

    def _notify(self) -> None:
        prepared = prepare_notice(actor=self._acting_taker(), declaration_id=self._declaration)
        self._licence = prepared.pk
        letter = self._paper(reporter_of(TAKER), "实施开放许可通知书", "Notice of an open licence", NOTICED_ON)
        give_notice(actor=self._acting_taker(), licence_id=prepared.pk, letter_id=letter)

    def _notify_unpaid(self) -> None:
        actor = self._stage.acting(reporter_of(UNPAID))
        prepared = prepare_notice(actor=actor, declaration_id=self._declaration)
        title = ("实施开放许可通知书", "Notice of an open licence")
        letter = self._paper(reporter_of(UNPAID), *title, NOTICED_UNPAID_ON, of=prepared.pk)
        give_notice(actor=actor, licence_id=prepared.pk, letter_id=letter)

    def _enter(self) -> None:
        firm = self._stage.organisations[CONTESTING.key]
        prepared = prepare_notice(actor=self._acting_owner(), declaration_id=self._declaration, licensee_id=firm)
        self._entry = prepared.pk
        letter = self._paper(self._owner, "收到的通知函", "Notice received on paper", ENTERED_ON, of=prepared.pk)
        give_notice(actor=self._acting_owner(), licence_id=prepared.pk, letter_id=letter, noticed_on=date(2026, 10, 26))

    def _contest(self) -> None:
        contest_entry(
            actor=self._stage.acting(reporter_of(CONTESTING)),
            licence_id=self._entry,
            reason="我司用章台账中没有该函，函上印章与我司备案印章不符。",
        )

    def _pay_entry(self) -> None:
        self._pay(ENTRY, PAID_ON, None)

    def _confirm(self) -> None:
        paid = OpenLicence.objects.get(pk=self._licence).payments.get()
        receipt = self._paper(self._owner, "收款凭证", "Bank credit advice", RECEIVED_ON)
        confirm_payment(actor=self._acting_owner(), payment_id=paid.pk, received_on=RECEIVED_ON, document_id=receipt)

    def _state(self) -> None:
        paper = self._paper(reporter_of(TAKER), "2026 年第三季度报表", "Statement of the third quarter", STATED_ON)
        state_royalty(
            actor=self._acting_taker(),
            licence_id=self._licence,
            period_from=PAID_ON,
            base_minor=NET_SALES,
            document_id=paper,
        )

    def _record(self) -> None:
        record_open_recordal(
            actor=self._acting_owner(),
            licence_id=self._licence,
            filed_on=date(2026, 10, 9),
            result=RecordalResult.RECORDED,
            result_on=RECORDED_ON,
            number="X2026990001842",
        )

    def _pay_royalty(self) -> None:
        stated = OpenLicence.objects.get(pk=self._licence).statements.get()
        self._pay(stated.royalty_minor, PAID_AGAIN_ON, stated.period_from)

    def _pay(self, amount_minor: int, day: date, period_from: date | None) -> None:
        proof = self._paper(reporter_of(TAKER), "付款凭证", "Proof of payment", day)
        advise_payment(
            actor=self._acting_taker(),
            licence_id=self._licence,
            amount_minor=amount_minor,
            paid_on=day,
            document_id=proof,
            period_from=period_from,
        )

    def _draft(self) -> None:
        actor = self._acting_owner()
        drafted = draft_declaration(
            actor=actor,
            declaration=NewDeclaration(
                alliance_id=self._stage.alliance, patent_id=self._own()[1].pk, scheme=PriceScheme.RUNNING
            ),
        )
        edit_declaration(
            actor=actor,
            declaration_id=drafted.pk,
            base=RoyaltyBase.PROFIT,
            rate_percent=Decimal("42.5"),
            period_months=6,
            pays_within_days=45,
            basis="按许可产品利润分成估算。",
        )

    def _own(self) -> QuerySet[Patent]:
        """Chinese inventions that the owner owns alone, with nothing on them, the longest in force first."""
        owner = self._stage.organisations[MEMBER_OF[OWNER].firm.key]
        return (
            Patent.objects.annotate(owners=Count("ownerships"))
            .filter(
                owners=1,
                ownerships__owner=owner,
                ownerships__to_on=None,
                country="CN",
                right="invention",
                granted_on__lt=FILED_ON,
                encumbrances=None,
            )
            .exclude(ends_on__lte=date(2030, 1, 1))
            .order_by("granted_on", "publication")
        )

    def _paper(self, by: Person, title_zh: str, title_en: str, day: date, *, of: UUID | None = None) -> UUID:
        letter = _letter(by.firm, title_zh, title_en, "依照公告的开放许可声明", day)
        return self._stage.attach(by, OpenLicence, of or self._licence, letter)


def _letter(sender: Firm, title_zh: str, title_en: str, about_zh: str, day: date) -> Letter:
    return Letter(
        name=f"{title_en.lower().replace(' ', '-')}-{day.isoformat()}",
        sender=sender,
        title_zh=title_zh,
        title_en=title_en,
        text_zh=(f"{about_zh}，特此函告。",),
        text_en=("This letter is part of the demonstration.",),
        dated_on=day,
    )
