"""A licence outside a programme signed by a file that is signed electronically."""

import io
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from django.db import models
from pytest_django import Settings

from licensing.direct.models import DirectLicence, DirectState
from licensing.direct.selectors import allowed_steps, signature_checks, signed_paper_name
from licensing.direct.services import (
    keep_verified_anew,
    send_direct_licence,
    sign_direct_licence,
    signature_verified_anew,
    verify_signed_file,
)
from platform_core.access.actors import Actor
from platform_core.audit.selectors import audit_events
from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound
from platform_core.signatures.models import SignatureCheck
from tests.factories.signing import changed_pdf, contract_pdf, li_na, signed_pdf
from tests.integration.direct.conftest import House
from tests.integration.direct.test_binding import SIGNED_ON, Taker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def hung(actor: Actor, licence: models.Model, name: str, content: bytes) -> Document:
    return add_document(
        actor=actor,
        subject_type=DirectLicence._meta.label_lower,
        subject_id=licence.pk,
        title=name,
        file=NewFile(name, io.BytesIO(content)),
    )


def signed_by_file(actor: Actor, licence: DirectLicence, paper: Document) -> DirectLicence:
    verified = verify_signed_file(actor=actor, licence_id=licence.pk, document_id=paper.pk, signed_on=SIGNED_ON)
    return sign_direct_licence(
        actor=actor, licence_id=licence.pk, signed_on=SIGNED_ON, document_id=paper.pk, verified=verified
    )


def verify_signature_anew(*, actor: Actor, licence_id: UUID) -> None:
    verified = signature_verified_anew(actor=actor, licence_id=licence_id)
    keep_verified_anew(actor=actor, licence_id=licence_id, verified=verified)


def named(licence: DirectLicence, actor: Actor) -> str:
    return signed_paper_name(licence, signature_checks(licence, actor=actor), actor=actor)


def test_a_signed_file_is_verified_and_its_text_is_found_among_the_papers(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    sent = send_direct_licence(actor=owner, licence_id=house.draft(owner, taker()).pk)
    text = contract_pdf()
    hung(owner, sent, "text.pdf", text)
    with pytest.raises(Conflict, match="not signed by a file"):
        verify_signature_anew(actor=owner, licence_id=sent.pk)
    signed_file = signed_pdf(text, li_na())
    broken = hung(owner, sent, "broken.pdf", signed_file.replace(b"the contract", b"the c0ntract"))
    with pytest.raises(InvalidInput, match="is broken"):
        signed_by_file(owner, sent, broken)
    sent.refresh_from_db()
    assert (sent.state, SignatureCheck.objects.count()) == (DirectState.SENT, 0)

    done = signed_by_file(owner, sent, hung(owner, sent, "signed.pdf", signed_file))
    assert (done.state, named(done, owner)) == (DirectState.SIGNED, "text.pdf")
    [check] = SignatureCheck.objects.all()
    assert (check.outcome, check.authority, check.checked_by_id) == ("intact", "unknown", owner.user_id)
    assert audit_events(actor=owner).get(name="direct_licence.signed").changes["e_signature"]["new"] == "intact"

    licensee, rival = house.acting(done.licensee), house.acting(house.rival)
    assert SignatureCheck.objects.visible_to(licensee).exists()
    assert not SignatureCheck.objects.visible_to(rival).exists()
    for stranger, refusal in ((licensee, NotAllowed), (rival, NotFound)):
        with pytest.raises(refusal):
            verify_signature_anew(actor=stranger, licence_id=done.pk)
    assert "verify signature" in allowed_steps(done, actor=owner)
    verify_signature_anew(actor=owner, licence_id=done.pk)
    assert SignatureCheck.objects.count() == 2


def test_a_paper_changed_before_it_was_signed_is_not_said_to_be_what_was_signed(house: House, taker: Taker) -> None:
    owner = house.acting(house.owner)
    sent = send_direct_licence(actor=owner, licence_id=house.draft(owner, taker()).pk)
    text = contract_pdf()
    hung(owner, sent, "text.pdf", text)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as parts:
        parts.writestr("word/document.xml", "<w:document/>")
        parts.writestr("Doc_0/Signs/Sign_0/SignedValue.dat", "as in an OFD")
    with pytest.raises(InvalidInput, match="no electronic signature"):
        signed_by_file(owner, sent, hung(owner, sent, "signed.docx", package.getvalue()))

    done = signed_by_file(owner, sent, hung(owner, sent, "signed.pdf", signed_pdf(changed_pdf(text), li_na())))
    [check] = SignatureCheck.objects.all()
    assert (check.outcome, check.report["added_before"], check.signed_text_sha256) == ("intact", "contents", "")
    assert named(done, owner) == ""
