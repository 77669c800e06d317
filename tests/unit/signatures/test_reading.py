"""What is told of signed files: made here, with certificates made here, and changed in the ways that files are."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms

from platform_core.signatures.calculation import CERTIFIED, Authority, Outcome, judged, plain, signed_text, whole
from platform_core.signatures.reading.__main__ import read_file
from platform_core.signatures.reading.trust import Evidence, read_roots
from tests.factories.signing import (
    CREDIT_CODE,
    Holder,
    authority,
    changed_pdf,
    contract_pdf,
    holder,
    li_na,
    locked_pdf,
    looping_pdf,
    revoked_by,
    signed_apart,
    signed_bare,
    signed_pdf,
    stamped_pdf,
    unsupported_pdf,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)
PAST = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
CONTRACT = contract_pdf()
SIGNED = signed_pdf(CONTRACT, li_na())


class Read:
    """Reads files below a folder, with the roots that were put into another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.roots = folder / "roots"
        self.roots.mkdir()

    def trust(self, *trusted: Holder) -> None:
        for number, each in enumerate(trusted):
            (self.roots / f"{number}.pem").write_bytes(each.pem)

    def __call__(self, content: bytes, *texts: bytes) -> dict[str, Any]:
        roots, _ = read_roots(self.roots)
        kind = "pdf" if content.startswith(b"%PDF-") else "ofd" if content.startswith(b"PK") else "cms"
        return read_file(self._kept(content), kind, [self._kept(text) for text in texts], Evidence(roots, NOW))

    def outcome(self, content: bytes, *texts: bytes) -> tuple[Outcome, Authority]:
        return judged(self(content, *texts), has_texts=bool(texts))

    def _kept(self, content: bytes) -> Path:
        path = self.folder / hashlib.sha256(content).hexdigest()
        path.write_bytes(content)
        return path


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return Read(tmp_path)


def test_who_signed_when_and_by_whose_authority(read: Read) -> None:
    found = read(SIGNED, CONTRACT)
    [signature] = found["signatures"]
    told = whole(signature)
    assert (told["signer_name"], told["organisation"], told["credit_code"]) == (
        *("Li Na", "凌波显示有限公司", CREDIT_CODE),
    )
    assert told["issuers"] == ["Organization: Trial Authority, Common Name: Root of trials"]
    assert (told["algorithm"], told["covers"], told["added_after"], told["revocation"]) == (
        *("sha256, sha256_rsa", "file", "nothing", "not_asked"),
    )
    assert datetime.fromisoformat(told["claimed_at"]).tzinfo is not None
    assert (told["timestamp"], told["holds"], told["was_valid"]) == (None, True, True)
    assert found["text"] == {
        "sha256": hashlib.sha256(CONTRACT).hexdigest(),
        "added": "signatures",
        "since": "signatures",
    }
    assert signed_text(found, Outcome.INTACT) == hashlib.sha256(CONTRACT).hexdigest()


def test_an_authority_is_known_once_the_keeper_put_its_certificate_there(read: Read) -> None:
    assert read.outcome(SIGNED, CONTRACT) == (Outcome.INTACT, Authority.UNKNOWN)
    read.trust(holder("Root of trials", organisation="Trial Authority", is_authority=True))
    # Its name alone is nobody's authority.
    assert read.outcome(SIGNED, CONTRACT) == (Outcome.INTACT, Authority.UNKNOWN)
    read.trust(authority())
    assert read.outcome(SIGNED, CONTRACT) == (Outcome.INTACT, Authority.KNOWN)


def test_a_file_that_is_no_certificate_is_named_and_the_others_count(read: Read) -> None:
    read.trust(authority())
    (read.roots / "notes.crt").write_text("the root is on its way")
    (read.roots / "README").write_text("not looked at")
    roots, refused = read_roots(read.roots)
    assert (len(roots), refused) == (1, ["notes.crt"])


def test_the_text_is_what_was_signed_whoever_signs_after(read: Read) -> None:
    twice = signed_pdf(SIGNED, holder("Wang Wei", authority()), field="Second")
    read.trust(authority())
    assert read.outcome(twice, CONTRACT) == (Outcome.INTACT, Authority.KNOWN)
    first, second = read(twice, CONTRACT)["signatures"]
    assert (first["covers"], first["added_after"], second["covers"]) == ("revision", "signatures", "file")


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (CONTRACT, Outcome.UNSIGNED),
        (SIGNED.replace(b"the contract", b"the c0ntract"), Outcome.BROKEN),
        (SIGNED + b"\n% one more line", Outcome.CHANGED),
        (changed_pdf(SIGNED), Outcome.CHANGED),
        (signed_pdf(changed_pdf(CONTRACT), li_na()), Outcome.OTHER_TEXT),
        (signed_pdf(contract_pdf("another contract"), li_na()), Outcome.OTHER_TEXT),
        (signed_pdf(CONTRACT, holder("Old", authority(), valid=PAST)), Outcome.NOT_VALID),
        (locked_pdf(CONTRACT), Outcome.UNREADABLE),
        (signed_apart(CONTRACT, li_na()), Outcome.INTACT),
        (signed_apart(CONTRACT, li_na(), detached=False), Outcome.INTACT),
        (signed_apart(b"something else", li_na()), Outcome.OTHER_TEXT),
    ],
    ids=[
        *("unsigned", "a byte", "appended", "updated", "updated before", "another", "expired", "locked"),
        *("apart", "apart with contents", "apart from another"),
    ],
)
def test_what_a_file_is_worth(read: Read, content: bytes, outcome: Outcome) -> None:
    assert read.outcome(content, contract_pdf("the other language"), CONTRACT)[0] is outcome


def test_a_broken_detached_signature_is_broken(read: Read) -> None:
    whole_file = cms.ContentInfo.load(signed_apart(CONTRACT, li_na()))
    signer = whole_file["content"]["signer_infos"][0]
    signer["signature"] = bytes(reversed(signer["signature"].native))
    assert read.outcome(whole_file.dump(), CONTRACT)[0] is Outcome.BROKEN


def test_a_certificate_revoked_by_what_the_file_itself_holds_is_told(read: Read) -> None:
    read.trust(authority())
    wrapped = cms.ContentInfo.load(signed_apart(CONTRACT, li_na()))
    wrapped["content"]["crls"] = [cms.RevocationInfoChoice({"crl": revoked_by(authority(), li_na())})]
    assert read.outcome(wrapped.dump(), CONTRACT)[0] is Outcome.NOT_VALID


def test_a_timestamp_says_as_of_when_the_certificate_counts(read: Read) -> None:
    read.trust(authority())
    stamper = holder("Stamper", authority(), stamps=True)
    [signature] = read(signed_pdf(CONTRACT, li_na(), stamper=stamper), CONTRACT)["signatures"]
    assert signature["judged_at"] == "2026-01-20T00:00:00+00:00"
    assert signature["timestamp"] == {
        "at": "2026-01-20T00:00:00+00:00",
        "authority": "Common Name: Stamper",
        "holds": True,
        "is_known": True,
    }


def test_a_timestamp_of_an_authority_that_nobody_knows_decides_nothing(read: Read) -> None:
    read.trust(authority())
    elsewhere = holder("Root elsewhere", is_authority=True)
    expired = holder("Old", authority(), valid=(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)))
    for signed in (
        # Stamped as of a day on which the certificate was valid, by an authority that anybody can make up.
        signed_pdf(CONTRACT, expired, stamper=holder("Stamper", elsewhere, stamps=True)),
        # Of a trusted authority, by a certificate that was not valid at the time of the timestamp.
        signed_pdf(CONTRACT, expired, stamper=holder("Old stamper", authority(), stamps=True, valid=PAST)),
    ):
        [found] = read(signed, CONTRACT)["signatures"]
        assert datetime.fromisoformat(found["judged_at"]) == datetime.fromisoformat(found["claimed_at"])
        assert not found["timestamp"]["is_known"]
        assert read.outcome(signed, CONTRACT)[0] is Outcome.NOT_VALID
    read.trust(authority(), elsewhere)
    signed = signed_pdf(CONTRACT, expired, stamper=holder("Stamper", elsewhere, stamps=True))
    assert read.outcome(signed, CONTRACT) == (Outcome.INTACT, Authority.KNOWN)


def test_sm2_is_said_to_be_beyond_what_is_verified_here(read: Read) -> None:
    national = signed_apart(CONTRACT, li_na(), national=True)
    found = read(national, CONTRACT)
    assert [each["unsupported"] for each in found["signatures"]] == ["sm2"]
    assert judged(found, has_texts=True) == (Outcome.UNVERIFIED, Authority.NOT_JUDGED)
    assert judged(read(national, contract_pdf("x")), has_texts=True)[0] is Outcome.OTHER_TEXT


UNSUPPORTED = unsupported_pdf(SIGNED)


def test_what_came_after_a_signature_that_cannot_be_verified_counts(read: Read) -> None:
    assert read.outcome(UNSUPPORTED, CONTRACT) == (Outcome.UNVERIFIED, Authority.NOT_JUDGED)
    assert read.outcome(signed_pdf(UNSUPPORTED, li_na(), field="Second"), CONTRACT)[0] is Outcome.UNVERIFIED
    for text in ((CONTRACT,), ()):
        for changed in (
            changed_pdf(UNSUPPORTED),
            # Somebody who signs the changed file makes it no contract that was signed before.
            signed_pdf(changed_pdf(UNSUPPORTED), li_na(), field="Second"),
            UNSUPPORTED + b"\n% one more line",
        ):
            assert read.outcome(changed, *text)[0] is Outcome.CHANGED
            assert signed_text(read(changed, *text), Outcome.CHANGED) == ""


def test_a_timestamp_before_the_signature_hides_no_change_between_them(read: Read) -> None:
    stamped = stamped_pdf(CONTRACT, holder("Stamper", authority(), stamps=True))
    assert read.outcome(signed_pdf(stamped, li_na()), CONTRACT)[0] is Outcome.INTACT
    assert read.outcome(signed_pdf(changed_pdf(stamped), li_na()), CONTRACT)[0] is Outcome.OTHER_TEXT


def test_a_text_that_was_changed_before_it_was_signed_is_not_said_to_be_what_was_signed(read: Read) -> None:
    draft = changed_pdf(CONTRACT)
    signed = signed_pdf(draft, li_na())
    found = read(signed, CONTRACT)
    # The papers of a licence outside a programme are no condition, and the file itself is intact.
    assert (judged(found, has_texts=False)[0], found["text"]["sha256"] != "") == (Outcome.INTACT, True)
    assert signed_text(found, Outcome.INTACT) == ""
    # Where another paper is what was signed, that one is named, whichever is compared first.
    assert signed_text(read(signed, CONTRACT, draft), Outcome.INTACT) == hashlib.sha256(draft).hexdigest()


def test_a_paper_that_cannot_be_read_hides_no_other(read: Read) -> None:
    found = read(SIGNED, b"%PDF-1.7", CONTRACT)
    assert (found["problem"], found["text"]["sha256"]) == ("", hashlib.sha256(CONTRACT).hexdigest())


def test_bytes_of_sm2_beside_a_signature_do_not_make_it_one(read: Read) -> None:
    broken = SIGNED.replace(b"the contract", b"the c0ntract")
    end = broken.index(b"0" * 100 + b">")
    for sm2 in (b"2a811ccf55", b"06062a811ccf5501"):
        padded = broken[:end] + sm2 + broken[end + len(sm2) :]
        assert read.outcome(padded, CONTRACT)[0] is Outcome.BROKEN
    # Nor does the name of an algorithm, which is not signed either.
    renamed = cms.ContentInfo.load(signed_apart(CONTRACT, holder("Old", authority(), valid=PAST)))
    renamed["content"]["signer_infos"][0]["digest_algorithm"] = {"algorithm": "1.2.156.10197.1.401"}
    assert read.outcome(renamed.dump(force=True), CONTRACT)[0] not in CERTIFIED


def test_certificates_without_a_signer_are_no_signature(read: Read) -> None:
    unsigned = cms.ContentInfo.load(signed_apart(CONTRACT, li_na()))
    unsigned["content"]["signer_infos"] = []
    for texts in ((CONTRACT,), ()):
        assert read.outcome(unsigned.dump(force=True), *texts)[0] is Outcome.UNSIGNED


def test_a_signature_that_names_no_text_is_of_the_one_over_which_it_holds(read: Read) -> None:
    other = contract_pdf("the other language")
    bare = signed_bare(CONTRACT, li_na())
    assert read(bare, other, CONTRACT)["text"]["sha256"] == hashlib.sha256(CONTRACT).hexdigest()
    assert read.outcome(bare, other, CONTRACT)[0] is Outcome.INTACT
    found = read(bare, other)
    assert (judged(found, has_texts=True)[0], found["text"]["sha256"]) == (Outcome.OTHER_TEXT, "")


def test_what_is_told_is_cut_and_cleaned_of_what_no_database_keeps(read: Read) -> None:
    strange = holder("Li\x00Na\u202e", authority(), organisation="组" * 64)
    [found] = plain(read(signed_pdf(CONTRACT, strange, field="F" * 5_000), CONTRACT))["signatures"]
    assert (found["signer"]["name"], found["field"]) == ("Li Na ", "F" * 200)
    assert plain({"a": ["\ud800\x1b" + "A" * 300, 7, None]}) == {"a": ["  " + "A" * 198, 7, None]}


HOSTILE = {
    "rubbish": b"%PDF-1.7 rubbish",
    "empty": b"%PDF-",
    "cut": SIGNED[:-200],
    "a loop of tables": b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
    b"trailer<</Size 1/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
    "a field that is its own child": looping_pdf(CONTRACT),
    "signature of nothing": b"0\x80rubbish",
    "no signature": b"hello",
    "a bomb of lengths": b"\x30\x84\x7f\xff\xff\xff" + b"\x06\x09" + bytes(64),
    "a package that is none": b"PK\x03\x04" + bytes(40),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_said_to_be_so(read: Read, name: str) -> None:
    outcome, standing = read.outcome(HOSTILE[name], CONTRACT)
    assert outcome in (Outcome.UNREADABLE, Outcome.UNSIGNED)
    assert standing is Authority.NOT_JUDGED


def test_it_reads_what_it_is_given_and_no_network(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr("socket.getaddrinfo", refused)
    monkeypatch.setattr("aiohttp.ClientSession._request", refused)
    assert read.outcome(SIGNED, CONTRACT)[0] is Outcome.INTACT
