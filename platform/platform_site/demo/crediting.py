"""The scenes about licences that a licensee holds from a member already: shown, confirmed, and one that waits."""

from datetime import date, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from licensing.bilaterals.models import BilateralClaim
from licensing.bilaterals.services import NewClaim, ask_member, claim_bilateral, confirm_claim
from platform_site.demo.contracting import Contracting
from platform_site.demo.correspondence import bilateral_contract
from platform_site.demo.days import TODAY, on_weekday
from platform_site.demo.licences import LICENCES
from platform_site.demo.names import MEMBER_OF
from platform_site.demo.people import CALCULATOR, Person, administrator_of, reporter_of
from platform_site.demo.pooling import Pooling
from platform_site.demo.programmes import PROGRAMMES, Bilateral, Licence
from platform_site.demo.stage import Script, Stage

ASKED: Final = ("PRO-001", Bilateral("YAOXI", date(2026, 10, 1), date(2029, 9, 30)))
"""What a member is asked about, and has not answered yet."""
CLAIMED: Final = ("PRO-001", Bilateral("QIONGJING", date(2026, 11, 1), None))
"""What a licensee says, and finance has not looked at yet."""


class Crediting:
    """Plays the scenes about bilateral licences."""

    def __init__(self, stage: Stage, pooling: Pooling, contracting: Contracting) -> None:
        self._stage = stage
        self._pooling = pooling
        self._contracting = contracting
        self._claims: dict[tuple[str, str], UUID] = {}

    def plan(self, script: Script) -> None:
        """Plan all scenes about bilateral licences."""
        licences = {licence.code: licence for licence in LICENCES}
        for licence in LICENCES:
            for bilateral in licence.bilaterals:
                day = on_weekday(max(bilateral.starts_on, licence.signed_on))
                script.add(day, "15:40", "licences", partial(self._ask, licence, bilateral, CALCULATOR))
                answered = on_weekday(day + timedelta(days=2))
                script.add(answered, "10:20", "licences", partial(self._confirm, licence, bilateral))
        code, bilateral = ASKED
        script.add(
            on_weekday(TODAY - timedelta(days=12)),
            "15:40",
            "licences",
            partial(self._ask, licences[code], bilateral, CALCULATOR),
        )
        code, bilateral = CLAIMED
        script.add(
            on_weekday(TODAY - timedelta(days=3)), "16:10", "licences", partial(self._claim, licences[code], bilateral)
        )

    def _claim(self, licence: Licence, bilateral: Bilateral, person: Person | None = None) -> None:
        """Let the licensee, or somebody of finance for it, claim a licence and attach the page that shows it."""
        who = person or reporter_of(licence.licensee)
        pool = next(programme.pool for programme in PROGRAMMES if programme.code == licence.programme)
        member = MEMBER_OF[bilateral.member]
        claim = claim_bilateral(
            actor=self._stage.acting(who),
            claim=NewClaim(
                licence_id=self._contracting.licences[licence.code],
                member_id=self._pooling.members[(pool, bilateral.member)],
                starts_on=bilateral.starts_on,
                ends_on=bilateral.ends_on,
                stands_in=(
                    f"{member.firm.name_zh}—{licence.licensee.name_zh}许可合同第四条 "
                    f"Licence of {member.firm.name_en} to {licence.licensee.name_en}, clause 4"
                ),
            ),
        )
        letter = bilateral_contract(
            member, licence.licensee.name_zh, licence.licensee.name_en, bilateral.starts_on, bilateral.ends_on
        )
        self._stage.attach(who, BilateralClaim, claim.pk, letter)
        self._claims[(licence.code, bilateral.member)] = claim.pk

    def _ask(self, licence: Licence, bilateral: Bilateral, person: Person) -> None:
        self._claim(licence, bilateral, person)
        ask_member(actor=self._stage.acting(person), claim_id=self._claims[(licence.code, bilateral.member)])

    def _confirm(self, licence: Licence, bilateral: Bilateral) -> None:
        member = administrator_of(MEMBER_OF[bilateral.member].firm)
        confirm_claim(actor=self._stage.acting(member), claim_id=self._claims[(licence.code, bilateral.member)])
