"""From an agreed offer to a licence in force and its recordal: nothing is skipped, and each step has its evidence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from licensing.agreements.models import Licence, LicenceState
from licensing.agreements.selectors import allowed_steps as licence_steps
from licensing.agreements.selectors import licences
from licensing.agreements.services import cancel_licence, countersign_licence, edit_licence, sign_licence
from licensing.dealings.models import (
    Contract,
    ContractSignature,
    ContractTemplate,
    SealRequest,
    SignatureForm,
)
from licensing.dealings.selectors import allowed_steps, offers_in
from licensing.dealings.services import (
    Parties,
    close_dealing,
    countersign,
    decide_seal,
    draw_up_contract,
    note_original,
    publish_template,
    record_signature,
    request_seal,
)
from platform_core.audit.selectors import audit_events
from platform_core.deadlines.models import Deadline
from platform_core.documents.models import Document
from platform_core.documents.selectors import open_document_file
from platform_core.identity.models import RoleAssignment
from platform_core.identity.role_plan import SecondPersonMissing, role_plan
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound
from tests.factories.contracts import (
    CLAUSES,
    PARTIES,
    agreed,
    clause,
    drawn_up,
    in_force,
    paper,
    published,
    recorded,
    signed_by,
)
from tests.factories.signing import li_na, signed_pdf
from tests.integration.dealings.conftest import Talks

pytestmark = pytest.mark.django_db


def test_from_an_agreed_offer_to_a_licence_in_force(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    dealing.refresh_from_db()
    assert dealing.licence is not None
    assert (dealing.state, dealing.licence.code, dealing.licence.state) == ("drawn_up", "L9", LicenceState.SENT)
    assert (contract.number, contract.values["en"]["licensee"], contract.values["zh"]["licensee"]) == (
        *(1, "prospect displays", "prospect 显示"),
    )
    for text in (contract.text_zh, contract.text_en):
        with open_document_file(text) as file:
            assert file.read(5) == b"%PDF-"
    assert contract.text_zh.sha256 != contract.text_en.sha256
    # The other side reads the text, and a rival does not.
    assert Document.objects.visible_to(talks.acting("prospect")).filter(pk=contract.text_zh_id).exists()
    assert not Document.objects.visible_to(talks.acting("rival")).filter(pk=contract.text_zh_id).exists()

    office = talks.acting("secretariat")
    record_signature(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing))
    licence = Licence.objects.get(code="L9")
    assert (licence.state, licence.signed_on, licence.terms_version_id) == (
        *(LicenceState.SIGNED, date(2026, 2, 1), talks.world.terms.pk),
    )
    signature = signed_by(talks, dealing, signed_on=date(2026, 2, 2))
    with pytest.raises(Conflict, match="sealed original has not come in") as refused:
        countersign(actor=office, dealing_id=dealing.pk, signature=signature)
    assert refused.value.extra["missing"] == ["original", "seal"]
    note_original(actor=office, dealing_id=dealing.pk, received_on=date(2026, 2, 2))
    with pytest.raises(Conflict, match="seal is not approved"):
        countersign(actor=office, dealing_id=dealing.pk, signature=signature)
    request_seal(actor=office, dealing_id=dealing.pk)
    decide_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk, is_approved=True)
    concluded = countersign(actor=office, dealing_id=dealing.pk, signature=signature)
    licence.refresh_from_db()
    assert (concluded.state, concluded.turn, licence.state, licence.starts_on) == (
        *("concluded", "", LicenceState.IN_FORCE, date(2026, 3, 1)),
    )
    assert [step.kind for step in dealing.conduct.order_by("pk")] == [
        *("applied", "offered", "accepted", "drawn_up", "signed", "countersigned")
    ]
    assert not Deadline.objects.filter(subject_id=dealing.pk, state="open").exists()


def test_a_signature_is_put_on_the_text_that_was_read_and_no_other(talks: Talks) -> None:
    dealing = agreed(talks)
    office = talks.acting("secretariat")
    first = drawn_up(talks, dealing)
    of_first = signed_by(talks, dealing)
    second = drawn_up(talks, dealing, parties=replace(PARTIES, licensee_address="Shenzhen"))
    with pytest.raises(Conflict, match="Version 2 of the contract is the present one") as refused:
        record_signature(actor=office, dealing_id=dealing.pk, signature=of_first)
    assert refused.value.extra["current"] == 2
    with pytest.raises(Conflict, match="not that of version 2"):
        record_signature(actor=office, dealing_id=dealing.pk, signature=replace(of_first, number=2))
    dealing.refresh_from_db()
    assert (dealing.state, ContractSignature.objects.count()) == ("drawn_up", 0)
    assert Licence.objects.get(code="L9").state == LicenceState.SENT
    assert first.text_zh.sha256 != second.text_zh.sha256

    in_english = signed_by(talks, dealing, text_sha256=second.text_en.sha256.upper())
    signed = record_signature(actor=office, dealing_id=dealing.pk, signature=in_english)
    assert (signed.contract_id, signed.text_sha256) == (second.pk, second.text_en.sha256)
    note_original(actor=office, dealing_id=dealing.pk, received_on=date(2026, 2, 2))
    request_seal(actor=office, dealing_id=dealing.pk)
    decide_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk, is_approved=True)
    with pytest.raises(Conflict, match="version 1 was signed"):
        countersign(actor=office, dealing_id=dealing.pk, signature=replace(in_english, number=1))
    assert Licence.objects.get(code="L9").state == LicenceState.SIGNED


def test_the_seal_is_asked_for_where_two_independent_people_are(talks: Talks) -> None:
    dealing = agreed(talks)
    drawn_up(talks, dealing)
    office = talks.acting("secretariat")
    record_signature(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing))
    plan = {row.decision: row for row in role_plan(talks.world.alliance, actor=office)}
    assert [row.name for row in plan["seal_request.decision"].people] == ["colleague", "uhd-secretariat"]
    RoleAssignment.objects.filter(seat=talks.world.seats["colleague"]).update(ends_at=datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(SecondPersonMissing) as refused:
        request_seal(actor=office, dealing_id=dealing.pk)
    missing: Any = refused.value.extra["decisions"]
    assert [row["decision"] for row in missing] == ["seal_request.decision"]
    assert not SealRequest.objects.exists()


def test_what_is_being_agreed_is_read_by_its_two_sides_alone_until_it_is_in_force(talks: Talks) -> None:
    dealing = agreed(talks)
    drawn_up(talks, dealing)
    licence = Licence.objects.get(code="L9")

    def readers() -> list[str]:
        return [
            who
            for who in ("secretariat", "calculator", "approver", "M1", "rival")
            if licences(actor=talks.acting(who)).filter(pk=licence.pk).exists()
        ]

    def told() -> list[str]:
        events = audit_events(actor=talks.acting("calculator")).filter(subject_id=licence.pk)
        return [event.name for event in events.order_by("pk")]

    office = talks.acting("secretariat")
    assert (readers(), told()) == (["secretariat"], [])
    assert licence_steps([licence], actor=office) == {licence.pk: []}
    record_signature(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing))
    assert (readers(), told()) == (["secretariat"], [])
    note_original(actor=office, dealing_id=dealing.pk, received_on=date(2026, 2, 2))
    request_seal(actor=office, dealing_id=dealing.pk)
    decide_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk, is_approved=True)
    countersign(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing, signed_on=date(2026, 2, 2)))
    assert readers() == ["secretariat", "calculator", "approver"]
    assert told() == ["licence.countersigned"]
    licence.refresh_from_db()
    assert licence_steps([licence], actor=office) == {licence.pk: []}
    assert licence_steps([licence], actor=talks.acting("calculator")) == {licence.pk: []}


def test_no_licence_is_moved_behind_the_back_of_its_dealing(talks: Talks) -> None:
    dealing = agreed(talks)
    drawn_up(talks, dealing)
    office = talks.acting("secretariat")
    licence = Licence.objects.get(code="L9")

    def past_it() -> None:
        steps: tuple[Callable[[], Licence], ...] = (
            lambda: edit_licence(actor=office, licence_id=licence.pk, ends_on=date(2040, 1, 1)),
            lambda: sign_licence(actor=office, licence_id=licence.pk, signed_on=date(2026, 2, 1)),
            lambda: countersign_licence(actor=office, licence_id=licence.pk),
            lambda: cancel_licence(actor=office, licence_id=licence.pk),
        )
        for step in steps:
            with pytest.raises(Conflict, match="being agreed in a dealing"):
                step()

    past_it()
    licence.refresh_from_db()
    assert (licence.state, licence.ends_on, licence.signed_on) == (LicenceState.SENT, None, None)
    record_signature(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing))
    past_it()
    licence.refresh_from_db()
    assert (licence.state, licence.ends_on) == (LicenceState.SIGNED, None)
    close_dealing(actor=office, dealing_id=dealing.pk, reason="They went elsewhere.")
    licence.refresh_from_db()
    assert licence.state == LicenceState.CANCELLED


def test_a_dealing_ends_though_its_licence_was_cancelled_before(talks: Talks) -> None:
    dealing = agreed(talks)
    drawn_up(talks, dealing)
    Licence.objects.filter(code="L9").update(state=LicenceState.CANCELLED)
    ended = close_dealing(actor=talks.acting("secretariat"), dealing_id=dealing.pk, reason="It came to nothing.")
    assert (ended.state, ended.close_reason) == ("closed", "It came to nothing.")


def test_whoever_asks_for_the_seal_does_not_approve_it(talks: Talks) -> None:
    dealing = agreed(talks)
    drawn_up(talks, dealing)
    office = talks.acting("secretariat")
    record_signature(actor=office, dealing_id=dealing.pk, signature=signed_by(talks, dealing))
    asked = request_seal(actor=office, dealing_id=dealing.pk)
    with pytest.raises(NotAllowed, match="Another person"):
        decide_seal(actor=office, dealing_id=dealing.pk, is_approved=True)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("asked", None)
    with pytest.raises(IntegrityError, match="sealrequest_takes_two_people"), transaction.atomic():
        SealRequest.objects.filter(pk=asked.pk).update(
            state="approved", decided_by=asked.asked_by, decided_at=asked.asked_at
        )
    with pytest.raises(Conflict, match="asked for already"):
        request_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk)
    with pytest.raises(InvalidInput):
        decide_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk, is_approved=False)
    decide_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk, is_approved=False, reason="Wrong entity.")
    assert request_seal(actor=talks.acting("colleague"), dealing_id=dealing.pk).state == "asked"


def test_what_a_template_needs_and_nobody_gave_is_refused_by_name(talks: Talks) -> None:
    dealing = agreed(talks)
    parties = Parties(licensor_address="", licensor_representative="", licensee_address="", licensee_representative=" ")
    with pytest.raises(InvalidInput) as refused:
        drawn_up(talks, dealing, parties=parties)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/licensee_representative", "missing")]
    assert "licensee_representative" in refused.value.errors[0].message
    dealing.refresh_from_db()
    assert (dealing.state, dealing.licence, Contract.objects.count(), Document.objects.count()) == (
        "agreed",
        None,
        0,
        0,
    )


def test_a_template_grants_back_nothing_exclusive_and_ends_no_licence_for_a_challenge(talks: Talks) -> None:
    with pytest.raises(InvalidInput) as refused:
        published(
            talks,
            (
                clause("grant", "{{licensor}} and {{nobody}}"),
                clause("grant_back", exclusive=True),
                clause("termination", grounds=["breach", "challenge"]),
                clause("fee"),
            ),
        )
    assert [(error.pointer, error.code) for error in refused.value.errors] == [
        ("/clauses/0/text_zh", "unknown_field"),
        ("/clauses/0/text_en", "unknown_field"),
        ("/clauses/1/exclusive", "exclusive_grant_back"),
        ("/clauses/2/grounds", "unknown_ground"),
        ("/clauses", "missing_kind"),
    ]
    assert not ContractTemplate.objects.exists()
    with pytest.raises(NotAllowed):
        publish_template(
            actor=talks.acting("calculator"),
            programme_id=talks.world.programme.pk,
            title_zh="合同",
            title_en="Contract",
            clauses=CLAUSES,
        )
    first, second = published(talks), published(talks)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(DatabaseError), transaction.atomic():
        ContractTemplate.objects.filter(pk=first.pk).update(title_en="else")


def test_the_same_template_and_offer_give_the_same_text(talks: Talks) -> None:
    dealing = agreed(talks)
    first = drawn_up(talks, dealing)
    again = drawn_up(talks, dealing, code="ignored, as the licence has its number")
    assert (again.number, again.text_zh.sha256, Licence.objects.filter(code="L9").count()) == (
        *(2, first.text_zh.sha256, 1),
    )


def test_a_signature_is_proved_by_a_file_that_can_be_one(talks: Talks) -> None:
    dealing = agreed(talks)
    contract = drawn_up(talks, dealing)
    office = talks.acting("secretariat")
    for changes, code in (
        ({"document": contract.text_zh}, "not_signed"),
        ({"form": SignatureForm.E_SIGNED}, "signature_unreadable"),
        ({"signed_on": date(2026, 2, 3)}, "not_yet"),
    ):
        with pytest.raises(InvalidInput) as refused:
            recorded(office, dealing, signed_by(talks, dealing, **changes))
        assert [error.code for error in refused.value.errors] == [code]
    other = talks.applied("rival")
    with pytest.raises(InvalidInput, match="Attach the paper"):
        record_signature(
            actor=office,
            dealing_id=dealing.pk,
            signature=signed_by(talks, dealing, document=paper(talks, other, who="rival")),
        )
    assert not ContractSignature.objects.exists()
    with open_document_file(Contract.objects.get(dealing=dealing).text_zh) as source:
        signed = paper(talks, dealing, signed_pdf(source.read(), li_na()), who="prospect")
    recorded(office, dealing, signed_by(talks, dealing, document=signed, form=SignatureForm.E_SIGNED))
    with pytest.raises(InvalidInput, match="no paper original"):
        note_original(actor=office, dealing_id=dealing.pk, received_on=date(2026, 2, 2))


def test_the_prospect_takes_no_step_of_the_office(talks: Talks) -> None:
    dealing = agreed(talks)
    template = published(talks)
    for who, refusal in (("prospect", NotAllowed), ("rival", NotFound), ("M1", NotFound), ("calculator", NotFound)):
        with pytest.raises(refusal):
            draw_up_contract(
                actor=talks.acting(who),
                dealing_id=dealing.pk,
                template_id=template.pk,
                licence_code="L9",
                parties=PARTIES,
            )
    drawn_up(talks, dealing)
    dealing.refresh_from_db()
    offers = offers_in(dealing, actor=talks.acting("prospect"))
    assert allowed_steps(dealing, offers, actor=talks.acting("prospect")) == ["conduct"]
    assert allowed_steps(dealing, offers, actor=talks.acting("secretariat")) == [
        *("contract", "signature", "ending", "conduct")
    ]
    with pytest.raises(Conflict, match="office ends it"):
        close_dealing(actor=talks.acting("prospect"), dealing_id=dealing.pk, reason="No more.")
    close_dealing(actor=talks.acting("secretariat"), dealing_id=dealing.pk, reason="Never signed.")
    assert Licence.objects.get(code="L9").state == LicenceState.CANCELLED


def test_contracts_and_signatures_are_never_rewritten(talks: Talks) -> None:
    dealing = in_force(talks)
    for change in (
        lambda: Contract.objects.filter(dealing=dealing).update(number=7),
        lambda: ContractSignature.objects.filter(contract__dealing=dealing).update(signatory="else"),
        lambda: ContractSignature.objects.filter(contract__dealing=dealing).delete(),
        lambda: SealRequest.objects.filter(contract__dealing=dealing).update(reason="else"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
