"""Contracts of dealings: a template, the parties, papers and signatures, up to a licence in force."""

import io
from datetime import date
from typing import Any

from licensing.dealings.models import (
    Contract,
    ContractSignature,
    ContractTemplate,
    Dealing,
    SignatureForm,
)
from licensing.dealings.services import (
    NewSignature,
    Parties,
    accept_offer,
    countersign,
    decide_seal,
    draw_up_contract,
    note_original,
    publish_template,
    record_signature,
    request_seal,
    verified_before,
)
from platform_core.access.actors import Actor
from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from tests.factories.composition import make_entry, make_list_version
from tests.factories.patents import make_patent
from tests.integration.dealings.conftest import Talks


def clause(kind: str, text: str = "", **data: Any) -> dict[str, Any]:
    text = text or f"About {kind}."
    return {"kind": kind, "heading_zh": kind, "text_zh": text, "heading_en": kind, "text_en": text, **data}


CLAUSES = (
    clause("grant", "{{licensor}} grants {{licensee}} a licence of list {{list_version}} ({{list_day}})."),
    clause("fee", "{{fee_basis}}. {{prices}}. Tax withheld: {{tax_bearer}}."),
    clause("term", "From {{starts_on}} to {{ends_on}}."),
    clause("grant_back", "Non-exclusive, on the pool's terms.", exclusive=False),
    clause("termination", "Cure within {{cure_days}} days.", grounds=["breach", "non_payment"]),
    clause("other", "Signed by {{licensee_representative}}. {{conditions}}"),
)
PARTIES = Parties(
    licensor_address="Wuhan",
    licensor_representative="Shen Yanqiu",
    licensee_address="Xiamen",
    licensee_representative="Li Na",
)


def published(talks: Talks, clauses: Any = CLAUSES) -> ContractTemplate:
    return publish_template(
        actor=talks.acting("secretariat"),
        programme_id=talks.world.programme.pk,
        title_zh="专利池许可合同",
        title_en="Pool licence",
        clauses=clauses,
    )


def agreed(talks: Talks) -> Dealing:
    dealing = talks.applied()
    talks.offered(dealing)
    accept_offer(actor=talks.acting("prospect"), dealing_id=dealing.pk, number=1)
    dealing.refresh_from_db()
    return dealing


def drawn_up(talks: Talks, dealing: Dealing, code: str = "L9", **given: Any) -> Contract:
    template = ContractTemplate.objects.first() or published(talks)
    return draw_up_contract(
        actor=talks.acting("secretariat"),
        dealing_id=dealing.pk,
        template_id=template.pk,
        licence_code=code,
        parties=given.get("parties", PARTIES),
    )


def paper(talks: Talks, dealing: Dealing, content: bytes = b"%PDF-1.7 sealed", who: str = "secretariat") -> Document:
    return add_document(
        actor=talks.acting(who),
        subject_type="dealings.dealing",
        subject_id=dealing.pk,
        title="signed contract",
        file=NewFile("signed.pdf", io.BytesIO(content)),
    )


def signed_by(talks: Talks, dealing: Dealing, **changes: Any) -> NewSignature:
    contract = Contract.objects.select_related("text_zh").filter(dealing=dealing).latest("number")
    given = {
        "number": contract.number,
        "text_sha256": contract.text_zh.sha256,
        "form": SignatureForm.SEALED_SCAN,
        "signed_on": date(2026, 2, 1),
        "signatory": "Li Na",
        **changes,
    }
    document = given.pop("document", None) or paper(talks, dealing)
    return NewSignature(document_id=document.pk, **given)


def recorded(actor: Actor, dealing: Dealing, signature: NewSignature) -> ContractSignature:
    """Record a signature as is done over HTTP: its file is verified first."""
    verified = verified_before(actor=actor, dealing_id=dealing.pk, signature=signature)
    return record_signature(actor=actor, dealing_id=dealing.pk, signature=signature, verified=verified)


def in_force(talks: Talks) -> Dealing:
    dealing = agreed(talks)
    drawn_up(talks, dealing)
    office, colleague = talks.acting("secretariat"), talks.acting("colleague")
    record_signature(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing))
    note_original(actor=office, dealing_id=dealing.pk, received_on=date(2026, 2, 2))
    request_seal(actor=office, dealing_id=dealing.pk)
    decide_seal(actor=colleague, dealing_id=dealing.pk, is_approved=True)
    signature = signed_by(talks, dealing, signed_on=date(2026, 2, 2), signatory="Office seal")
    return countersign(actor=office, dealing_id=dealing.pk, signature=signature)


def listed_in_china(talks: Talks, granted_on: date | None = date(2020, 1, 1)) -> None:
    member = talks.world.pool.members.order_by("pk")[0]
    patent = make_patent(
        talks.world.alliance, "CN177877880B", talks.world.members["M1"].organisation, granted_on=granted_on
    )
    make_entry(member, patent)
    talks.listed = make_list_version(talks.world.pool, effective_on=date(2026, 2, 1))
