"""What the electronic signatures in a file are worth by which a licence outside a programme was signed."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.direct.models import DirectLicence
from licensing.direct.policies import EDIT_DIRECT_LICENCE
from licensing.direct.selectors import get_direct_licence, signature_checks
from licensing.direct.services.signing import refuse_signature
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.documents.models import Document, MediaType
from platform_core.documents.selectors import documents, get_document
from platform_core.problems import Conflict
from platform_core.realtime.services import announce
from platform_core.signatures.services import Verified, keep_check, told_in_record, verify_signatures

_COMPARED_WITH: Final = 20
"""Papers of a licence that a signed file is compared with, the latest first."""


def verify_signed_file(*, actor: Actor, licence_id: UUID, document_id: UUID, signed_on: date) -> Verified:
    """Find out what the electronic signatures in a paper of a licence are worth, before anything is locked.

    The text of such a licence is not made here: that the file is one of the licence's other papers, with nothing but
    signatures added, is told where it is so, and no condition. What could not be recorded whatever the file is worth is
    refused at once.
    """
    licence = get_direct_licence(licence_id, actor=actor)
    refuse_signature(actor=actor, licence=licence, signed_on=signed_on, document_id=document_id)
    return _verified(actor, licence, document_id)


def signature_verified_anew(*, actor: Actor, licence_id: UUID) -> Verified:
    """Find out once more what the licensee's electronic signature is worth, before anything is locked."""
    licence = get_direct_licence(licence_id, actor=actor)
    require(actor, EDIT_DIRECT_LICENCE, licence)
    if licence.signature_id is None or not signature_checks(licence, actor=actor):
        raise Conflict("This licence was not signed by a file that is signed electronically.")
    return _verified(actor, licence, licence.signature_id)


@transaction.atomic
def keep_verified_anew(*, actor: Actor, licence_id: UUID, verified: Verified) -> DirectLicence:
    """Keep what was found out once more; what was found earlier stays."""
    licence = get_direct_licence(licence_id, actor=actor, for_change=True)
    require(actor, EDIT_DIRECT_LICENCE, licence)
    keep_check(actor=actor, verified=verified)
    record_event("direct_licence.signatures_verified", actor=actor, subject=licence, changes=told_in_record(verified))
    announce(licence)
    return licence


def _verified(actor: Actor, licence: DirectLicence, document_id: UUID) -> Verified:
    papers = documents(actor=actor).filter(subject_type=DirectLicence._meta.label_lower, subject_id=licence.pk)
    texts: list[Document] = list(
        papers.filter(media_type=MediaType.PDF).exclude(pk=document_id).order_by("-uploaded_at", "-pk")[:_COMPARED_WITH]
    )
    return verify_signatures(actor=actor, document=get_document(document_id, actor=actor), texts=texts)
