"""The scenes about what members agree to: the charter, the self-discipline convention, and who signs them how."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib.resources import files
from typing import Final
from uuid import UUID

from members.charter.models import BindingAct, CharterKind
from members.charter.services import (
    draft_version,
    end_authority,
    publish_version,
    record_authority,
    record_paper_signature,
    sign_charter,
    start_charter,
)
from members.memberships.models import Membership
from platform_site.demo.correspondence import PAPER_SIGNATORY, authority, paper_authority, signed_page
from platform_site.demo.names import ALLIANCE_EN, ALLIANCE_ZH, FOUNDED_ON, MEMBER_OF, Member
from platform_site.demo.people import SECOND_SECRETARY, SECRETARY, administrator_of
from platform_site.demo.stage import Script, Stage


@dataclass(frozen=True, slots=True)
class Agreement:
    """A document that every member signs: its text, and the days on which it is drafted, published and in force."""

    kind: CharterKind
    title_zh: str
    title_en: str
    file: str
    drafted_on: date
    published_on: date
    in_force_from: date
    sign_by: date

    def text(self, language: str) -> str:
        """Return the text in a language, zh or en."""
        return _read(f"{self.file}-{language}")


CHARTER: Final = Agreement(
    CharterKind.CHARTER,
    f"{ALLIANCE_ZH}章程",
    f"Charter of the {ALLIANCE_EN}",
    "charter",
    date(2025, 3, 5),
    date(2025, 3, 12),
    FOUNDED_ON,
    date(2025, 4, 30),
)
CONVENTION: Final = Agreement(
    CharterKind.CONVENTION,
    f"{ALLIANCE_ZH}自律公约",
    f"Self-discipline convention of the {ALLIANCE_EN}",
    "convention",
    date(2025, 8, 18),
    date(2025, 9, 3),
    date(2025, 10, 1),
    date(2025, 12, 31),
)
NEXT_CONVENTION_ON: Final = date(2026, 11, 4)
"""When an article is added to the convention, in a draft that the office still talks about."""

ON_PAPER: Final = "YAOXI"
"""The member that signs by hand."""

# When each member signs the charter and the convention; one has not signed the convention, and is late with it.
_SIGNED: Final[dict[str, tuple[date, date | None]]] = {
    "SUYING": (date(2025, 3, 20), date(2025, 10, 10)),
    "XIYUAN": (date(2025, 3, 21), date(2025, 10, 13)),
    "LANYU": (date(2025, 3, 24), date(2025, 10, 15)),
    "YINGYUE": (date(2025, 3, 25), date(2025, 10, 16)),
    ON_PAPER: (date(2025, 3, 27), date(2025, 10, 21)),
    "ZHICHE": (date(2025, 3, 28), date(2025, 11, 5)),
    "QIONGJING": (date(2025, 4, 18), date(2025, 12, 22)),
    "ZHAOHENG": (date(2026, 3, 2), None),
}


class Agreeing:
    """Plays the scenes about what members agree to."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._charters: dict[Agreement, UUID] = {}
        self._versions: dict[Agreement, tuple[UUID, str]] = {}
        self._authorities: dict[str, UUID] = {}
        self._letters: dict[str, UUID] = {}

    def plan(self, script: Script) -> None:
        """Plan all scenes about what members agree to."""
        for agreement in (CHARTER, CONVENTION):
            script.add(agreement.drafted_on, "14:00", "charter", partial(self._draft, agreement))
            script.add(agreement.published_on, "16:00", "charter", partial(self._publish, agreement))
        script.add(NEXT_CONVENTION_ON, "15:20", "charter", self._draft_next)
        for code, days in _SIGNED.items():
            self._plan_member(script, MEMBER_OF[code], dict(zip((CHARTER, CONVENTION), days, strict=True)))

    def _plan_member(self, script: Script, member: Member, days: dict[Agreement, date | None]) -> None:
        first = min(day for day in days.values() if day is not None)
        on_paper = member.code == ON_PAPER
        script.add(first - timedelta(days=1), "09:40", "charter", partial(self._send_letter, member, first))
        if not on_paper:
            script.add(first, "10:20", "charter", partial(self._record_authority, member, first))
        for agreement, day in days.items():
            if day is not None:
                sign = partial(self._record_paper, member, agreement, day) if on_paper else None
                script.add(day, "15:10", "charter", sign or partial(self._sign, member, agreement))
        if member.departs is not None:
            script.add(member.departs.told_on, "16:00", "charter", partial(self._end_authority, member))

    def _draft(self, agreement: Agreement) -> None:
        actor = self._stage.acting(SECRETARY)
        charter = start_charter(
            actor=actor,
            alliance_id=self._stage.alliance,
            kind=agreement.kind,
            title_zh=agreement.title_zh,
            title_en=agreement.title_en,
        )
        self._charters[agreement] = charter.pk
        drafted = draft_version(
            actor=actor,
            charter_id=charter.pk,
            text_zh=agreement.text("zh"),
            text_en=agreement.text("en"),
            effective_on=agreement.in_force_from,
            sign_by_on=agreement.sign_by,
        )
        self._versions[agreement] = (drafted.pk, "")

    def _publish(self, agreement: Agreement) -> None:
        version_id, _ = self._versions[agreement]
        published = publish_version(actor=self._stage.acting(SECRETARY), version_id=version_id)
        self._versions[agreement] = (version_id, published.content_sha256)

    def _draft_next(self) -> None:
        draft_version(
            actor=self._stage.acting(SECRETARY),
            charter_id=self._charters[CONVENTION],
            text_zh=f"{CONVENTION.text('zh')}\n{_read('next-article-zh')}",
            text_en=f"{CONVENTION.text('en')}\n{_read('next-article-en')}",
            effective_on=date(2027, 1, 1),
            sign_by_on=date(2027, 3, 31),
        )

    def _send_letter(self, member: Member, first: date) -> None:
        """Let a member's administrator attach the letter that says who signs for it."""
        person = administrator_of(member.firm)
        dated_on = first - timedelta(days=1)
        letter = paper_authority(member, dated_on) if member.code == ON_PAPER else authority(member, person, dated_on)
        self._letters[member.code] = self._stage.attach(
            person, Membership, self._stage.memberships[member.code], letter
        )

    def _record_authority(self, member: Member, first: date) -> None:
        person = administrator_of(member.firm)
        recorded = record_authority(
            actor=self._stage.acting(SECOND_SECRETARY),
            membership_id=self._stage.memberships[member.code],
            seat_id=self._stage.seats[person.email],
            acts=(BindingAct.CHARTER, BindingAct.BALLOT),
            title=person.title,
            letter_id=self._letters[member.code],
            starts_on=first - timedelta(days=1),
        )
        self._authorities[member.code] = recorded.pk

    def _end_authority(self, member: Member) -> None:
        if member.departs is None:
            raise LookupError(f"{member.code} does not leave")
        end_authority(
            actor=self._stage.acting(SECOND_SECRETARY),
            authority_id=self._authorities[member.code],
            ends_on=member.departs.first_day_out,
        )

    def _sign(self, member: Member, agreement: Agreement) -> None:
        version_id, content_sha256 = self._versions[agreement]
        sign_charter(
            actor=self._stage.acting(administrator_of(member.firm)),
            version_id=version_id,
            membership_id=self._stage.memberships[member.code],
            content_sha256=content_sha256,
        )

    def _record_paper(self, member: Member, agreement: Agreement, signed_on: date) -> None:
        """Let the office scan the page that came by mail, and record it."""
        membership_id = self._stage.memberships[member.code]
        page = signed_page(member, agreement.file, agreement.title_zh, agreement.title_en, signed_on)
        name, title = PAPER_SIGNATORY
        record_paper_signature(
            actor=self._stage.acting(SECOND_SECRETARY),
            version_id=self._versions[agreement][0],
            membership_id=membership_id,
            signatory_name=name,
            signatory_title=title,
            signed_on=signed_on,
            letter_id=self._letters[member.code],
            scan_id=self._stage.attach(SECOND_SECRETARY, Membership, membership_id, page),
        )


def _read(name: str) -> str:
    return files("platform_site.demo").joinpath("agreements", f"{name}.txt").read_text(encoding="utf-8")
