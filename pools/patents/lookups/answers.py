"""What the services answer, document by document, and one file made of what was asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from xml.etree.ElementTree import Element, tostring

from platform_core.exchange.reading import UnreadableFile
from platform_core.exchange.reading.xml import documents, find, text_of
from pools.patents.lookups.client import Damaged
from pools.patents.numbers import PatentNumber, Stage, read_number

DOCUMENT: Final = "exchange-document"
MEMBER: Final = "family-member"
_HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n<world-patent-data>\n'
_FOOT: Final = b"</world-patent-data>\n"


@dataclass(frozen=True, slots=True)
class Document:
    """One document of an answer: which publication and application it is of, and all it says."""

    publication: PatentNumber
    application: str
    """The key of its application number; blank: none that is understood."""
    element: Element


def read_documents(answer: bytes, name: str, folder: Path) -> list[Document]:
    """Return the documents of an answer. Raises Damaged where it is not whole, or is not to be read."""
    path = folder / "answer"
    path.write_bytes(answer)
    try:
        return list(_documents(path, name))
    except UnreadableFile as problem:
        raise Damaged(problem.detail) from None
    finally:
        path.unlink()


def _documents(path: Path, name: str) -> Iterator[Document]:
    for _, element in documents(path, frozenset({name})):
        office, number, kind = _published(element)
        publication = read_number(f"{office} {number} {kind}", stage=Stage.PUBLICATION)
        # What the office does not have comes as a document that says so and nothing else.
        if publication.is_valid and (name == MEMBER or find(element, "bibliographic-data") is not None):
            yield Document(publication, _application_key(element), _copy(element))


def _published(element: Element) -> tuple[str, str, str]:
    if element.get("doc-number"):
        return element.get("country", ""), element.get("doc-number", ""), element.get("kind", "")
    return _docdb(find(element, "publication-reference"))


def _application_key(element: Element) -> str:
    within = find(element, "bibliographic-data")
    office, number, kind = _docdb(find(element if within is None else within, "application-reference"))
    read = read_number(f"{office} {number} {kind}", stage=Stage.APPLICATION) if number else None
    return read.key if read is not None and read.is_valid else ""


def _docdb(reference: Element | None) -> tuple[str, str, str]:
    for one in reference if reference is not None else ():
        if one.get("document-id-type") == "docdb":
            office, number, kind = (text_of(find(one, name)) for name in ("country", "doc-number", "kind"))
            return office, number, kind
    return "", "", ""


def _copy(element: Element) -> Element:
    """Return an element that stays when the reader gives back the memory of its own."""
    copy = Element(element.tag, element.attrib)
    copy.text = element.text
    copy.extend(list(element))
    return copy


def joined(found: Iterable[Document], members: Iterable[Document]) -> list[Element]:
    """Return what documents and members of families say of one patent, both of one publication as one element."""
    by_number = {document.publication.canonical: document for document in found}
    elements = []
    for member in members:
        element = _copy(member.element)
        if (document := by_number.pop(member.publication.canonical, None)) is not None:
            element.append(document.element)
        elements.append(element)
    return [*elements, *(document.element for document in by_number.values())]


class AnswerFile:
    """A file of what was answered, written as it comes, in the form in which such files are taken in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._out: IO[bytes] | None = None

    @property
    def size(self) -> int:
        """How many bytes it has; none: nothing was answered."""
        return self._out.tell() if self._out is not None else 0

    def add(self, elements: Iterable[Element]) -> None:
        """Write elements behind those that are there."""
        for element in elements:
            if self._out is None:
                self._out = self.path.open("wb")
                self._out.write(_HEAD)
            self._out.write(tostring(element, encoding="utf-8", xml_declaration=False).strip() + b"\n")

    def close(self) -> None:
        """Make the file whole; the next element begins another one."""
        if self._out is not None:
            self._out.write(_FOOT)
            self._out.close()
            self._out = None
