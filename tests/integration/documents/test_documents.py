"""Papers: taken in whole and checked by their bytes, kept once, read by whoever may read what they hang on."""

import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from platform_core.access.actors import Actor
from platform_core.access.models import AccessLogEntry
from platform_core.audit.models import AuditEvent
from platform_core.clock import SystemClock
from platform_core.documents import storage
from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from platform_core.documents.tasks import tidy_documents
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from platform_core.problems import InvalidInput, NotAllowed, NotFound
from tests.api.core.clients import client_of
from tests.factories.core import acting, give_role, make_organisation, make_seat
from tests.factories.documents import make_document

PDF = b"%PDF-1.7\n%one page\n"


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def company(db: None) -> Organisation:
    return make_organisation("江汉公司")


@pytest.fixture
def administrator(company: Organisation) -> Actor:
    return acting(Role.MEMBER_ADMIN, organisation=company)


def add(actor: Actor, subject: Organisation, contents: bytes = PDF, name: str = "营业执照.pdf") -> Document:
    return add_document(
        actor=actor,
        subject_type="identity.organisation",
        subject_id=subject.pk,
        title="Business licence",
        file=NewFile(name, io.BytesIO(contents)),
    )


def package(*parts: str, types: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
        if types:
            archive.writestr("[Content_Types].xml", types)
    return made.getvalue()


def test_a_document_is_kept_by_its_hash_and_recorded(administrator: Actor, company: Organisation) -> None:
    document = add(administrator, company)

    assert storage.file_of(document.sha256).read_bytes() == PDF
    assert (document.size, document.name, document.media_type) == (len(PDF), "营业执照.pdf", "application/pdf")
    assert AuditEvent.objects.get().name == "document.added"
    assert not list((storage.documents_folder() / storage.INCOMING).iterdir())


def test_equal_files_are_kept_once(administrator: Actor, company: Organisation) -> None:
    first, second = add(administrator, company), add(administrator, company)
    assert (first.pk != second.pk, first.sha256) == (True, second.sha256)
    assert len([path for path in storage.documents_folder().rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("letter.pdf", PDF),
        ("SEAL.PNG", b"\x89PNG\r\n\x1a\n" + b"0" * 20),
        ("scan.jpeg", b"\xff\xd8\xff\xe0" + b"0" * 20),
        ("charter.docx", package("word/document.xml", types=b"<Types/>")),
        ("list.xlsx", package("xl/workbook.xml")),
        ("公文.ofd", package("OFD.xml")),
        ("note.txt", "章程\n第一条".encode()),
        ("old.txt", "章程\n第一条".encode("gb18030")),
    ],
)
def test_these_kinds_are_taken(administrator: Actor, company: Organisation, name: str, contents: bytes) -> None:
    assert add(administrator, company, contents, name).size == len(contents)


@pytest.mark.parametrize(
    ("name", "contents", "code"),
    [
        ("letter.exe", PDF, "unknown_type"),
        ("letter", PDF, "unknown_type"),
        ("letter.pdf", b"MZ\x90\x00", "type_differs"),
        ("letter.pdf", b"<html><script>", "type_differs"),
        ("letter.docx", package("xl/workbook.xml"), "type_differs"),
        ("letter.docx", package("word/document.xml", "word/vbaProject.bin"), "type_differs"),
        ("letter.docx", package("word/document.xml", types=b"application/x.MacroEnabled.main"), "type_differs"),
        ("letter.docx", b"PK\x03\x04 not a package", "type_differs"),
        ("note.txt", b"text\x00more", "type_differs"),
        ("note.txt", b"", "empty"),
    ],
)
def test_anything_else_is_refused_and_leaves_no_trace(
    administrator: Actor, company: Organisation, name: str, contents: bytes, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(administrator, company, contents, name)

    assert [error.code for error in refused.value.errors] == [code]
    assert not Document.objects.exists()
    assert not AuditEvent.objects.exists()
    assert not [path for path in storage.documents_folder().rglob("*") if path.is_file()]


def test_a_name_from_outside_never_becomes_a_path(administrator: Actor, company: Organisation) -> None:
    assert add(administrator, company, PDF, "..\\..\\etc/../secret.pdf").name == "secret.pdf"


def test_a_file_that_is_too_large_is_refused_and_removed(
    administrator: Actor, company: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform_core.documents.services.LARGEST_DOCUMENT", 10)
    with pytest.raises(InvalidInput, match="larger"):
        add(administrator, company)
    assert not [path for path in storage.documents_folder().rglob("*") if path.is_file()]


def test_papers_are_for_those_who_may_read_the_papers_of_their_subject(
    administrator: Actor, company: Organisation
) -> None:
    document = make_document(company)
    colleague = acting(Role.MEMBER_STAFF, organisation=company)
    rival = acting(Role.MEMBER_ADMIN)

    assert list(Document.objects.visible_to(administrator)) == [document]
    assert not Document.objects.visible_to(colleague).exists()
    assert not Document.objects.visible_to(rival).exists()
    with pytest.raises(NotAllowed):
        add(colleague, company)
    with pytest.raises(NotFound):
        add(rival, company)


def test_whoever_keeps_the_installation_neither_reads_nor_adds_papers_without_a_right_of_their_own(
    administrator: Actor, company: Organisation
) -> None:
    keeper = acting(Role.SITE_ADMIN)
    add(administrator, company)

    assert not Document.objects.visible_to(keeper).exists()
    with pytest.raises(NotAllowed):
        add(keeper, company)
    assert Document.objects.count() == 1


def test_a_file_that_is_gone_is_told_in_words_and_no_reading_is_logged(company: Organisation) -> None:
    document = make_document(company)

    answer = person(company, Role.MEMBER_ADMIN).get(f"/api/v1/documents/{document.pk}/file")

    assert (answer.status_code, answer.json()["code"]) == (500, "files_missing")
    assert "restore it from the backup" in answer.json()["title"]
    assert not AccessLogEntry.objects.exists()


def test_a_document_is_never_changed(company: Organisation) -> None:
    document = make_document(company)
    document.title = "another"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        document.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        document.delete()


def test_files_without_a_document_go_after_a_day_and_others_stay(administrator: Actor, company: Organisation) -> None:
    document = add(administrator, company)
    stray, fresh = storage.file_of("a" * 64), storage.file_of("b" * 64)
    for path in (stray, fresh):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    yesterday = SystemClock().now().timestamp() - 2 * storage.KEPT_FOR
    for path in (stray, storage.file_of(document.sha256)):
        os.utime(path, (yesterday, yesterday))

    assert storage.remove_stray_files(clock=SystemClock()) == 1

    assert [path.exists() for path in (stray, fresh, storage.file_of(document.sha256))] == [False, True, True]


@pytest.mark.django_db(transaction=True)
def test_tidying_locks_one_file_at_a_time_and_none_that_a_document_has(
    administrator: Actor, company: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = storage.file_of(add(administrator, company).sha256)
    strays = [storage.file_of(letter * 64) for letter in "abc"]
    yesterday = SystemClock().now().timestamp() - 2 * storage.KEPT_FOR
    for path in (*strays, kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (yesterday, yesterday))
    # An upload that ends between the look into the folder and the look at the file.
    (storage.documents_folder() / storage.INCOMING).mkdir(exist_ok=True)
    (storage.documents_folder() / storage.INCOMING / "gone").symlink_to("nowhere")
    held: list[tuple[str, int]] = []
    hold = storage._hold

    def count(sha256: str) -> None:
        hold(sha256)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            held.append((sha256, cursor.fetchone()[0]))

    monkeypatch.setattr(storage, "_hold", count)
    tidy_documents(timestamp=0)
    assert held == [(letter * 64, 1) for letter in "abc"]
    assert [path.exists() for path in (*strays, kept)] == [False, False, False, True]


def person(organisation: Organisation, role: Role) -> Client:
    seat = make_seat(organisation=organisation)
    give_role(seat, role)
    return client_of(seat)


def test_a_document_goes_up_and_down_over_http(company: Organisation) -> None:
    client = person(company, Role.MEMBER_ADMIN)
    upload = io.BytesIO(PDF)
    upload.name = "执照.pdf"
    answer = client.post(
        "/api/v1/documents",
        {
            "subject_type": "identity.organisation",
            "subject_id": str(company.pk),
            "title": "Business licence",
            "file": upload,
        },
        headers={"Idempotency-Key": "business-licence"},
    )
    assert answer.status_code == 201, answer.content
    address = answer["Location"]

    listed = client.get(f"/api/v1/documents?subject_type=identity.organisation&subject_id={company.pk}").json()
    assert [row["id"] for row in listed["items"]] == [answer.json()["id"]]
    file = client.get(f"{address}/file")
    assert file.getvalue() == PDF
    assert file["Content-Disposition"].startswith("attachment")
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Cache-Control"] == "private, no-store"
    assert AccessLogEntry.objects.get().action == "document.file_downloaded"

    outsider = person(make_organisation(), Role.MEMBER_ADMIN)
    assert outsider.get(f"{address}/file").status_code == 404
    assert outsider.get(address).status_code == 404
    assert outsider.get("/api/v1/documents").json()["items"] == []
