"""The scenes about firms that deal with the office: one in talks, one whose contract is being signed."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from licensing.dealings.models import ConductKind, Contract, Dealing, SignatureForm, TaxBearer, TaxPath
from licensing.dealings.services import (
    Application,
    NewOffer,
    NewSignature,
    Parties,
    accept_offer,
    acknowledge_application,
    apply_for_licence,
    draw_up_contract,
    make_offer,
    note_conduct,
    publish_template,
    record_signature,
    request_seal,
)
from licensing.terms.models import TermsVersion
from platform_site.demo.contract_clauses import CLAUSES
from platform_site.demo.contracting import Contracting
from platform_site.demo.letters import Letter
from platform_site.demo.names import LICENSEES
from platform_site.demo.people import PROSPECT, SECOND_SECRETARY, SECRETARY, Person, reporter_of
from platform_site.demo.pooling import Pooling
from platform_site.demo.programmes import UHD_PRO, UHD_TV, Programme
from platform_site.demo.stage import Script, Stage
from platform_site.demo.withholding import withhold
from pools.composition.models import ListVersion

SIGNING: Final = LICENSEES["jiping"]
"""Whose contract is being signed."""
LICENCE_CODE: Final = "UHD-PRO-2026-11"


class Negotiating:
    """Plays the scenes about dealings."""

    def __init__(self, stage: Stage, pooling: Pooling, contracting: Contracting) -> None:
        self._stage = stage
        self._pooling = pooling
        self._contracting = contracting
        self._dealings: dict[str, UUID] = {}
        self._template: UUID | None = None

    def plan(self, script: Script) -> None:
        """Plan all scenes about dealings."""
        first, second = PROSPECT, reporter_of(SIGNING)
        for day, at, play in (
            (date(2026, 9, 1), "10:20", self._publish),
            (date(2026, 9, 8), "11:00", partial(self._apply, second, UHD_PRO, "医用与专业监视器", "每年约 1.2 万台")),
            (date(2026, 9, 10), "09:30", partial(self._acknowledge, second)),
            (date(2026, 9, 18), "15:00", partial(self._offer, second, UHD_PRO, SECRETARY, date(2026, 10, 20), 60)),
            (date(2026, 9, 28), "16:10", partial(self._accept, second)),
            (date(2026, 10, 13), "10:10", self._draw_up),
            (date(2026, 11, 9), "14:20", self._sign),
            (date(2026, 11, 13), "10:40", self._seal),
            (date(2026, 10, 19), "14:00", partial(self._apply, first, UHD_TV, "电视主板与整机", "2027 年约 20 万台")),
            (date(2026, 10, 21), "09:50", partial(self._acknowledge, first)),
            (date(2026, 10, 23), "11:30", self._declare),
            (date(2026, 10, 30), "16:00", partial(self._offer, first, UHD_TV, SECRETARY, date(2026, 11, 30), 30)),
            (date(2026, 11, 6), "10:30", partial(self._offer, first, UHD_TV, first, date(2026, 11, 27), 60)),
            (date(2026, 11, 12), "15:40", partial(self._offer, first, UHD_TV, SECRETARY, date(2026, 12, 11), 45)),
        ):
            script.add(day, at, "dealings", partial(self._play, play))

    def _play(self, scene: Callable[[], None]) -> None:
        scene()
        withhold(self._stage, "dealing.")

    def _publish(self) -> None:
        template = publish_template(
            actor=self._stage.acting(SECRETARY),
            programme_id=self._contracting.programmes[UHD_PRO.code],
            title_zh="专利池许可合同",
            title_en="Patent pool licence",
            clauses=CLAUSES,
        )
        self._template = template.pk

    def _apply(self, person: Person, programme: Programme, products: str, volumes: str) -> None:
        dealing = apply_for_licence(
            actor=self._stage.acting(person),
            programme_id=self._contracting.programmes[programme.code],
            application=Application(
                products=products, volumes=volumes, territory="中国、东南亚", contact=f"{person.name} {person.email}"
            ),
        )
        self._dealings[person.email] = dealing.pk

    def _acknowledge(self, person: Person) -> None:
        acknowledge_application(actor=self._stage.acting(SECRETARY), dealing_id=self._dealings[person.email])

    def _declare(self) -> None:
        note_conduct(
            actor=self._stage.acting(PROSPECT),
            dealing_id=self._dealings[PROSPECT.email],
            kind=ConductKind.DECLARED_WILLING,
            happened_on=date(2026, 10, 23),
            text="我方愿意按公平、合理、无歧视的条件取得许可，并已提供产品清单。",
        )

    def _offer(self, person: Person, programme: Programme, by: Person, reply_by: date, cure_days: int) -> None:
        pool = self._pooling.pools[programme.pool]
        listed = ListVersion.objects.filter(pool=pool).order_by("-number")[0]
        terms = TermsVersion.objects.filter(
            programme=self._contracting.programmes[programme.code], state="published", in_force_from__lte=reply_by
        ).order_by("-in_force_from")[0]
        make_offer(
            actor=self._stage.acting(by),
            dealing_id=self._dealings[person.email],
            offer=NewOffer(
                list_version_id=listed.pk,
                terms_version_id=terms.pk,
                fee_basis="按已公布的费率逐台计算，合规被许可方适用优惠费率；费率对所有被许可方相同。",
                starts_on=date(2027, 1, 1),
                ends_on=date(2031, 12, 31),
                reply_by=reply_by,
                tax_path=TaxPath.DOMESTIC,
                tax_bearer=TaxBearer.LICENSOR,
                cure_days=cure_days,
                run_off_days=90,
                conditions="销售报告按半年提交。" if by is person else "",
            ),
        )

    def _accept(self, person: Person) -> None:
        accept_offer(actor=self._stage.acting(person), dealing_id=self._dealings[person.email], number=1)

    def _draw_up(self) -> None:
        if self._template is None:
            raise RuntimeError("the template is published before")
        draw_up_contract(
            actor=self._stage.acting(SECOND_SECRETARY),
            dealing_id=self._dealings[reporter_of(SIGNING).email],
            template_id=self._template,
            licence_code=LICENCE_CODE,
            parties=Parties(
                licensor_address="武汉市江汉区映联路 8 号",
                licensor_representative="沈砚秋",
                licensee_address=SIGNING.name_zh,
                licensee_representative=reporter_of(SIGNING).name,
            ),
        )

    def _sign(self) -> None:
        dealing = self._dealings[reporter_of(SIGNING).email]
        signed_on = date(2026, 11, 6)
        page = Letter(
            name="signed-contract",
            sender=SIGNING,
            title_zh="许可合同签署页",
            title_en="Signed page of the licence",
            text_zh=(f"我方签署许可合同 {LICENCE_CODE}，并加盖公章。",),
            text_en=(f"We sign and seal the licence {LICENCE_CODE}.",),
            dated_on=signed_on,
            signed=(reporter_of(SIGNING).name,),
            scanned=True,
        )
        document = self._stage.attach(SECOND_SECRETARY, Dealing, dealing, page)
        contract = Contract.objects.select_related("text_zh").filter(dealing=dealing).latest("number")
        record_signature(
            actor=self._stage.acting(SECOND_SECRETARY),
            dealing_id=dealing,
            signature=NewSignature(
                number=contract.number,
                text_sha256=contract.text_zh.sha256,
                document_id=document,
                form=SignatureForm.SEALED_SCAN,
                signed_on=signed_on,
                signatory=reporter_of(SIGNING).name,
            ),
        )

    def _seal(self) -> None:
        request_seal(actor=self._stage.acting(SECOND_SECRETARY), dealing_id=self._dealings[reporter_of(SIGNING).email])
