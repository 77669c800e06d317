"""Files that are meant to harm, brought in as any other: each is refused in words, and leaves nothing behind.

`python -m pytest -q -s tests/integration/patents/test_hostile_files.py` prints what each got.
"""

import io
import sys
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest
import xlsxwriter

from platform_core.exchange.models import ImportState
from platform_core.exchange.reading import workbooks, xml
from pools.patents.models import ImportedPatent, Patent
from tests.integration.patents.desk import GRANTED, Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files_of_their_own")]

OPS = "http://ops.epo.org"
DEEP = 200


def workbook(fill: Callable[[Any], object] | None = None, parts: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return a workbook, with further parts in its package."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(GRANTED))
        if fill is not None:
            fill(sheet)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        for name, contents in parts.items():
            package.writestr(f"xl/{name}.xml", contents)
    return file.getvalue()


def zip_of_zips() -> bytes:
    """Return a package whose parts are packages of nothing but blanks."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("blanks", b" " * 1_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(20):
            package.writestr(f"{number}.zip", inner.getvalue())
    return file.getvalue()


def lying_about_its_size() -> bytes:
    """Return a workbook whose list says that its largest part is small."""
    contents = workbook(parts={"big": " " * 3_000_000})
    return contents.replace((3_000_000).to_bytes(4, "little"), (3_000).to_bytes(4, "little"))


def laughing() -> str:
    """Return XML that grows a thousandfold with each of ten entities."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]><world-patent-data>&l9;</world-patent-data>'
    )


HOSTILE: dict[str, tuple[bytes, str]] = {
    "zip bomb in a workbook": (workbook(parts={"big": " " * 6_000_000}), "too_large"),
    "workbook that lies about its size": (lying_about_its_size(), "damaged"),
    "zip of zips under the name of a table": (zip_of_zips(), "damaged"),
    "workbook of 20,000 parts": (workbook(parts={f"part{n}": "" for n in range(20_000)}), "too_large"),
    "workbook with cells that call out": (
        workbook(lambda sheet: sheet.write_formula(0, 0, '=WEBSERVICE("http://localhost/"&A2)')),
        "formulas",
    ),
    "workbook with entities": (
        workbook(parts={"more": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'}),
        "entities",
    ),
    "workbook with a password, or half of one": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_000, "damaged"),
    "billion laughs": (laughing().encode(), "entities"),
    "XML that reads a file of the server": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b"<world-patent-data>&f;</world-patent-data>",
        "entities",
    ),
    "XML that asks another server": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % p SYSTEM "http://localhost/p.dtd"> %p;]><world-patent-data/>',
        "entities",
    ),
    "XML 200 elements deep": (
        f'<world-patent-data xmlns="{OPS}">{"<a>" * DEEP}{"</a>" * DEEP}</world-patent-data>'.encode(),
        "too_deep",
    ),
    "XML larger than may be": (
        f'<world-patent-data xmlns="{OPS}">{"<a/>" * 300_000}</world-patent-data>'.encode(),
        "too_large",
    ),
    "XML in another encoding than it names": (
        '<?xml version="1.0" encoding="utf-8"?><world-patent-data>显示</world-patent-data>'.encode("gb18030"),
        "damaged",
    ),
    "XML that breaks off": (b'<?xml version="1.0"?><world-patent-data><exchange-documents>', "damaged"),
    "header of a million columns": (",".join(f"c{n}" for n in range(1_000_000)).encode() + b"\n1,2\n", "line_too_long"),
    "quote that is never closed": (b'a,b\n1,"' + b"never closed\n" * 400_000, "damaged"),
    "program under the name of a table": (b"MZ\x90\0\x03\0\0\0" * 500, "not_text"),
    "nothing at all": (b"", "empty"),
}
"""What each file is, and the code of its refusal."""


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a megabyte be much, so that the test need not write hundreds of them."""
    monkeypatch.setattr(workbooks, "LARGEST_WORKBOOK", 5_000_000)
    monkeypatch.setattr(xml, "LARGEST_XML", 1_000_000)


@pytest.mark.usefixtures("small_limits")
def test_files_that_are_meant_to_harm_are_refused_in_words_and_leave_nothing_behind() -> None:
    desk = Desk()
    got = {}
    for number, (about, (contents, _code)) in enumerate(HOSTILE.items()):
        found = desk.check_file(contents, f"../../list-{number}.csv")
        got[about] = found.told.get("refused")
        sys.stdout.write(f"  {about:45} {len(contents):>10,} bytes  {found.told.get('refused')}: {found.detail}\n")
        assert found.state == ImportState.REFUSED, about
        assert found.detail.endswith("."), about
        assert found.file_name == f"list-{number}.csv"
    assert got == {about: code for about, (_contents, code) in HOSTILE.items()}
    assert not Patent.objects.exists()
    assert not ImportedPatent.objects.exists()
