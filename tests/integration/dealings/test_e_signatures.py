"""Contracts signed electronically: what their files are worth is found out before they are recorded, and kept."""

import io
from datetime import UTC, date, datetime
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from licensing.dealings.models import Contract, ContractSignature, Dealing, SignatureForm
from licensing.dealings.selectors import allowed_steps, missing_for_countersignature
from licensing.dealings.services import (
    close_dealing,
    keep_verified_anew,
    signing,
    verified_anew,
)
from platform_core.access.actors import Actor
from platform_core.audit.selectors import audit_events
from platform_core.documents.models import Document, MediaType
from platform_core.documents.selectors import open_document_file
from platform_core.documents.services import NewFile, add_document
from platform_core.jobs.processes import Limits
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from platform_core.signatures import services as signatures
from platform_core.signatures.models import SignatureCheck
from platform_core.signatures.selectors import checks_of
from tests.factories import contracts
from tests.factories.contracts import agreed, drawn_up, paper, signed_by
from tests.factories.signing import authority, changed_pdf, holder, li_na, looping_pdf, signed_apart, signed_pdf
from tests.integration.dealings.conftest import Talks

pytestmark = pytest.mark.django_db


def text_of(contract: Contract) -> bytes:
    with open_document_file(contract.text_zh) as source:
        return source.read()


def recorded(talks: Talks, dealing: Dealing, content: bytes, **changes: Any) -> ContractSignature:
    document = changes.pop("document", None) or paper(talks, dealing, content)
    given = {"document": document, "form": SignatureForm.E_SIGNED, **changes}
    office, signature = talks.acting("secretariat"), signed_by(talks, dealing, **given)
    return contracts.recorded(office, dealing, signature)


def verify_anew(*, actor: Actor, dealing_id: UUID) -> None:
    keep_verified_anew(actor=actor, dealing_id=dealing_id, anew=verified_anew(actor=actor, dealing_id=dealing_id))


def trust() -> None:
    folder = signatures.trusted_folder()
    folder.mkdir(exist_ok=True)
    (folder / "root.pem").write_bytes(authority().pem)


def test_the_contract_signed_electronically_is_recorded_with_what_that_is_worth(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    signed = recorded(talks, dealing, signed_pdf(text_of(contract), li_na()))
    [check] = SignatureCheck.objects.all()
    assert (check.document_id, check.file_sha256, check.texts_sha256, check.signed_text_sha256) == (
        *(signed.document_id, signed.document.sha256, [contract.text_zh.sha256], contract.text_zh.sha256),
    )
    assert (check.outcome, check.authority, check.roots) == ("intact", "unknown", [])
    assert check.library.startswith("pyHanko ")
    assert check.report["signatures"][0]["organisation"] == "凌波显示有限公司"
    # On paper the original would be missing; here there is none.
    assert missing_for_countersignature(contract) == ["seal"]
    office = talks.acting("secretariat")
    event = audit_events(actor=office).get(name="dealing.signed")
    assert (event.changes["e_signature"]["new"], event.changes["certificate_authority"]["new"]) == ("intact", "unknown")

    # Asked anew once the authority is trusted: another result, and the older stays.
    dealing.refresh_from_db()
    assert "signature-check" in allowed_steps(dealing, [], actor=office)
    assert "signature-check" not in allowed_steps(dealing, [], actor=talks.acting("prospect"))
    trust()
    with pytest.raises(NotAllowed):
        verify_anew(actor=talks.acting("prospect"), dealing_id=dealing.pk)
    with pytest.raises(NotFound):
        verify_anew(actor=talks.acting("rival"), dealing_id=dealing.pk)
    verify_anew(actor=office, dealing_id=dealing.pk)
    found = checks_of([signed.document_id], actor=talks.acting("prospect"))
    assert sorted((row.authority, len(row.roots)) for row in found) == [("known", 1), ("unknown", 0)]
    assert not SignatureCheck.objects.visible_to(talks.acting("rival")).exists()
    for change in (lambda: SignatureCheck.objects.update(outcome="broken"), lambda: found[0].delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_what_is_broken_or_another_document_is_no_certified_signature(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    text = text_of(contract)
    with open_document_file(contract.text_en) as source:
        english = source.read()
    past = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
    good = signed_pdf(text, li_na())
    for content, code in (
        (good[:200] + b"9" + good[201:], "signature_broken"),
        (changed_pdf(good), "signature_changed"),
        # The other language is another text than the one that is named as signed.
        (signed_pdf(english, li_na()), "signature_other_text"),
        (signed_pdf(text, holder("Old", authority(), valid=past)), "signature_not_valid"),
        (looping_pdf(text), "signature_unreadable"),
        (changed_pdf(text), "signature_unsigned"),
    ):
        with pytest.raises(InvalidInput) as refused:
            recorded(talks, dealing, content)
        assert [error.code for error in refused.value.errors] == [code]
    assert not ContractSignature.objects.exists()
    assert not SignatureCheck.objects.exists()
    with pytest.raises(Conflict, match="Nothing was signed electronically"):
        verify_anew(actor=talks.acting("secretariat"), dealing_id=dealing.pk)


def test_a_signature_in_a_file_of_its_own_names_the_text(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    document = apart(talks, dealing, signed_apart(text_of(contract), li_na()))
    assert document.media_type == MediaType.CMS
    with pytest.raises(InvalidInput, match="A scan is"):
        recorded(talks, dealing, b"", document=document, form=SignatureForm.SEALED_SCAN)
    recorded(talks, dealing, b"", document=document)
    assert [row.outcome for row in SignatureCheck.objects.all()] == ["intact"]


def test_what_sm2_signed_is_recorded_and_said_not_to_be_verified(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    recorded(
        talks, dealing, b"", document=apart(talks, dealing, signed_apart(text_of(contract), li_na(), national=True))
    )
    check = SignatureCheck.objects.get()
    assert (check.outcome, check.authority) == ("unverified", "not_judged")
    assert check.report["signatures"][0]["unsupported"] == "sm2"


def test_a_contract_drawn_up_anew_while_a_file_is_verified_is_not_signed_by_it(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    verify = signatures.verify_signatures

    def meanwhile(**given: Any) -> signatures.Verified:
        found = verify(**given)
        drawn_up(talks, dealing)
        return found

    monkeypatch.setattr(signing, "verify_signatures", meanwhile)
    with pytest.raises(Conflict, match="Version 2 of the contract is the present one"):
        recorded(talks, dealing, signed_pdf(text_of(contract), li_na()))
    assert not ContractSignature.objects.exists()
    assert not SignatureCheck.objects.exists()


def test_a_file_that_takes_too_long_is_refused_and_the_site_goes_on(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    monkeypatch.setattr(signatures, "_LIMITS", Limits(seconds=0.01))
    with pytest.raises(InvalidInput, match="more time or memory"):
        recorded(talks, dealing, signed_pdf(text_of(contract), li_na()))
    # Memory for less than the interpreter itself: killed, and told the same way.
    monkeypatch.setattr(signatures, "_LIMITS", Limits(memory=24 << 20))
    with pytest.raises((InvalidInput, signatures.VerificationFailed)):
        recorded(talks, dealing, signed_pdf(text_of(contract), li_na()))
    assert not ContractSignature.objects.exists()


@pytest.mark.parametrize("what", ["version", "day", "text", "state", "scan"])
def test_what_cannot_be_recorded_whatever_it_is_worth_is_refused_before_it_is_verified(
    talks: Talks, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    monkeypatch.setattr(signing, "verify_signatures", lambda **_: pytest.fail("the file was verified"))
    changes: dict[str, dict[str, Any]] = {
        "version": {"number": 2},
        "day": {"signed_on": date(2030, 1, 1)},
        "text": {"document": contract.text_zh},
        "scan": {"form": SignatureForm.SEALED_SCAN},
    }
    document = paper(talks, dealing)
    if what == "state":
        close_dealing(actor=talks.acting("secretariat"), dealing_id=dealing.pk, reason="given up")
    if what == "scan":
        # A scan carries nothing to verify.
        assert recorded(talks, dealing, b"", **{"document": document, **changes[what]})
        return
    with pytest.raises((Conflict, InvalidInput, WrongState)):
        recorded(talks, dealing, b"", **{"document": document, **changes.get(what, {})})


def test_a_file_waits_for_others_for_a_while_and_is_sent_again_then(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    monkeypatch.setattr(signatures, "_WAITS", 0.01)
    taken = BoundedSemaphore(1)
    taken.acquire()
    monkeypatch.setattr(signatures, "_AT_ONCE", taken)
    with pytest.raises(signatures.TooManyAtOnce) as busy:
        recorded(talks, dealing, signed_pdf(text_of(contract), li_na()))
    assert (busy.value.status, busy.value.extra) == (503, {"retry_after": 30})
    taken.release()
    recorded(talks, dealing, signed_pdf(text_of(contract), li_na()))
    # And so whatever became of the file that was read.
    assert taken.acquire(blocking=False)


def test_a_file_of_which_more_is_told_than_is_kept_is_too_heavy(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    monkeypatch.setattr(signatures, "_LIMITS", Limits(seconds=30.0, output=100))
    with pytest.raises(InvalidInput, match="more time or memory"):
        recorded(talks, dealing, signed_pdf(text_of(contract), li_na()))


def test_names_that_no_database_keeps_are_recorded_without_what_is_wrong_in_them(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    strange = holder("Li\x00Na", authority(), organisation="\x00")
    recorded(talks, dealing, signed_pdf(text_of(contract), strange, field="F" * 5_000))
    [found] = SignatureCheck.objects.get().report["signatures"]
    assert (found["signer_name"], found["organisation"], len(found["field"])) == ("Li Na", " ", 200)


def apart(talks: Talks, dealing: Dealing, content: bytes) -> Document:
    return add_document(
        actor=talks.acting("secretariat"),
        subject_type="dealings.dealing",
        subject_id=dealing.pk,
        title="signature",
        file=NewFile("contract.p7s", io.BytesIO(content)),
    )
