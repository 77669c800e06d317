"""Understanding what offices write: EPO OPS (bibliography, families, INPADOC events) and CNIPA documents.

Names of elements: EPO, OPS 3.2, namespace http://www.epo.org/exchange; CNIPA, PatentDocumentAndRelated V2.2.1.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from platform_core.exchange.reading import NoDay, UnreadableFile, read_day
from platform_core.exchange.reading.xml import documents, find, find_all, local, text_of
from pools.patents.formats.records import Doubt, Person, ReadEvent, ReadPatent, Refusal
from pools.patents.formats.symbols import symbols
from pools.patents.numbers import PatentNumber, Stage, read_number

_EXCHANGE: Final = "exchange-document"
_MEMBER: Final = "family-member"
_CHINESE: Final = frozenset(("PatentDocumentAndRelated", "cn-patent-document"))
_DOCUMENTS: Final = frozenset((_EXCHANGE, _MEMBER)) | _CHINESE
_EVENT_FIELDS: Final = {
    "501": "at_office",
    "502": "at_code",
    "507": "states",
    "509": "owner",
    "510": "text",
    "513": "expires",
    "518": "paid_on",
    "520": "fee_year",
    "525": "effective_on",
}
"""What of an INPADOC event is more than its code: L501 to L525, by EPO's descriptions."""


def read_office_xml(path: Path) -> Iterator[ReadPatent | ReadEvent | Refusal]:
    """Yield the patents and legal events of a file of an office, in their order.

    Raises UnreadableFile for XML that is none of those known, or that must not be read.
    """
    count = 0
    for count, (_, element) in enumerate(documents(path, _DOCUMENTS), start=1):
        name = local(element)
        if name == _EXCHANGE:
            yield _exchange(element, count)
        elif name == _MEMBER:
            yield from _member(element, count)
        else:
            yield _chinese(element, count)
    if not count:
        raise UnreadableFile(
            "unknown_xml", "This XML is neither of EPO's Open Patent Services nor a patent document of CNIPA."
        )


def _exchange(element: Element, at: int) -> ReadPatent | Refusal:
    patent = ReadPatent(line=at)
    office, number, kind = (element.get(name, "") for name in ("country", "doc-number", "kind"))
    patent.publication = read_number(f"{office} {number} {kind}", stage=Stage.PUBLICATION)
    if not patent.publication.is_valid:
        return Refusal(at, "publication", patent.publication.flaws[0].code, patent.publication.flaws[0].detail)
    patent.country = office
    patent.family_code = element.get("family-id", "")
    bibliography = find(element, "bibliographic-data")
    if bibliography is not None:
        _read_bibliography(patent, element, bibliography)
    return patent


def _read_bibliography(patent: ReadPatent, element: Element, bibliography: Element) -> None:
    """Fill in what the record of a document says."""
    patent.published_on = _day(patent, "published_on", _docdb_date(find(bibliography, "publication-reference")))
    patent.application, filed = _application(find(bibliography, "application-reference"))
    patent.filed_on = _day(patent, "filed_on", filed)
    titles = {title.get("lang", ""): text_of(title) for title in find_all(bibliography, "invention-title")}
    patent.title = titles.get("zh") or titles.get("en") or next(iter(titles.values()), "")
    patent.title_en = titles.get("en", "")
    patent.abstract = text_of(find(element, "abstract"))
    patent.applicants = _parties(bibliography, "applicants", "applicant")
    patent.inventors = _parties(bibliography, "inventors", "inventor")
    patent.ipc = _unique(
        symbol
        for one in find_all(bibliography, "classifications-ipcr", "classification-ipcr", "text")
        for symbol in symbols(text_of(one))
    )
    patent.cpc = _unique(
        _cpc(one)
        for one in find_all(bibliography, "patent-classifications", "patent-classification")
        if (scheme := find(one, "classification-scheme")) is not None and scheme.get("scheme", "").startswith("CPC")
    )
    claims = find_all(bibliography, "priority-claims", "priority-claim")
    patent.priorities = [told for claim in claims if (told := _priority(claim))]
    patent.right = str(patent.publication.right or "") if patent.publication else ""


def _member(element: Element, at: int) -> Iterator[ReadPatent | ReadEvent | Refusal]:
    patent = ReadPatent(line=at, family_code=element.get("family-id", ""))
    published = _document_id(find(element, "publication-reference"), "docdb")
    if published is None:
        yield Refusal(at, "publication", "no_number", "A member of the family has no publication number.")
        return
    office, number, kind, day = published
    patent.publication = read_number(f"{office} {number} {kind}", stage=Stage.PUBLICATION)
    if not patent.publication.is_valid:
        flaw = patent.publication.flaws[0]
        yield Refusal(at, "publication", flaw.code, flaw.detail)
        return
    patent.country = office
    patent.published_on = _day(patent, "published_on", day)
    patent.application, filed = _application(find(element, "application-reference"))
    patent.filed_on = _day(patent, "filed_on", filed)
    patent.priorities = [
        told for claim in find_all(element, "priority-claim") if (told := _priority(claim)) is not None
    ]
    patent.right = str(patent.publication.right or "")
    document = find(element, _EXCHANGE)
    bibliography = None if document is None else find(document, "bibliographic-data")
    if document is not None and bibliography is not None:
        # Asked for with their records, members of a family carry them.
        _read_bibliography(patent, document, bibliography)
    yield patent
    for event in find_all(element, "legal"):
        yield _event(event, patent, at)


def _event(element: Element, patent: ReadPatent, at: int) -> ReadEvent | Refusal:
    fields: dict[str, str] = {}
    for one in element.iter():
        name = local(one)
        # L001EP to L525EP: the letters behind are those of the office that numbered the field.
        if len(name) == 6 and name[0] == "L" and name[1:4].isdigit() and len(one) == 0 and (text := text_of(one)):
            fields.setdefault(name[1:4], text)
    code = element.get("code", "").strip()
    try:
        on = read_day(fields.get("007", ""))
    except NoDay:
        return Refusal(at, "event", "no_day", f"The event {code} has no day on which it was announced.")
    return ReadEvent(
        line=at,
        publication=patent.publication,
        application=patent.application,
        office=fields.get("001", patent.country),
        code=code,
        on=on,
        description=element.get("desc", "").strip(),
        influence=element.get("infl", "").strip(),
        told={name: fields[number] for number, name in _EVENT_FIELDS.items() if number in fields},
    )


def _chinese(element: Element, at: int) -> ReadPatent | Refusal:
    patent = ReadPatent(line=at)
    office, number, kind = (element.get(name, "") for name in ("country", "docNumber", "kind"))
    patent.publication = read_number(f"{office}{number}{kind}", stage=Stage.PUBLICATION)
    if not patent.publication.is_valid:
        return Refusal(at, "publication", patent.publication.flaws[0].code, patent.publication.flaws[0].detail)
    patent.country = office
    patent.published_on = _day(patent, "published_on", element.get("datePublication", ""))
    bibliography = find(element, "BibliographicData")
    if bibliography is None:
        return patent
    filed = find(bibliography, "ApplicationReference", "DocumentID")
    if filed is not None:
        patent.application = read_number(text_of(find(filed, "DocNumber")), office=office, stage=Stage.APPLICATION)
        patent.doubts += [Doubt("application", flaw.code, flaw.detail) for flaw in patent.application.flaws]
        patent.filed_on = _day(patent, "filed_on", text_of(find(filed, "Date")))
    patent.title = text_of(find(bibliography, "InventionTitle"))
    patent.abstract = text_of(find(element, "Abstract", "Paragraphs")) or text_of(find(bibliography, "Abstract"))
    patent.ipc = _unique(
        symbol
        for one in find_all(bibliography, "ClassificationIPCRDetails", "ClassificationIPCR", "Text")
        for symbol in symbols(text_of(one))
    )
    parties = find(bibliography, "Parties")
    if parties is not None:
        books = find_all(parties, "ApplicantDetails", "Applicant", "AddressBook")
        patent.applicants = [Person(name) for book in books if (name := _name(book))]
        patent.address = next((text for book in books if (text := text_of(find(book, "Address", "Text")))), "")
        patent.inventors = [
            Person(name)
            for book in find_all(parties, "InventorDetails", "Inventor", "AddressBook")
            if (name := _name(book))
        ]
        patent.agency = next(
            (_name(book) for book in find_all(parties, "AgentDetails", "Agent", "Agency", "AddressBook")), ""
        )
    patent.owners = [
        Person(name)
        for book in find_all(bibliography, "AssigneeDetails", "Assignee", "AddressBook")
        if (name := _name(book))
    ]
    patent.right = str(patent.publication.right or "")
    return patent


def _name(book: Element) -> str:
    return text_of(find(book, "Name")) or text_of(find(book, "OrganizationName"))


def _document_id(reference: Element | None, form: str) -> tuple[str, str, str, str] | None:
    """Return office, number, kind and day of a reference in one of its forms."""
    if reference is None:
        return None
    for one in find_all(reference, "document-id"):
        if one.get("document-id-type") == form:
            office, number, kind, day = (text_of(find(one, name)) for name in ("country", "doc-number", "kind", "date"))
            return office, number, kind, day
    return None


def _docdb_date(reference: Element | None) -> str:
    return next((told[3] for form in ("docdb", "epodoc") if (told := _document_id(reference, form)) and told[3]), "")


def _application(reference: Element | None) -> tuple[PatentNumber | None, str]:
    told = _document_id(reference, "docdb")
    if told is None:
        return None, ""
    office, number, kind, _ = told
    read = read_number(f"{office} {number} {kind}", stage=Stage.APPLICATION)
    return (read if read.is_valid else None), _docdb_date(reference)


def _parties(bibliography: Element, group: str, name: str) -> list[Person]:
    """Return people once, though each stands there twice: as EPO writes names and as they were given."""
    by_form: dict[str, list[Person]] = {}
    for one in find_all(bibliography, "parties", group, name):
        told = text_of(find(one, f"{name}-name", "name")).strip(" ,;")
        country = text_of(find(one, "residence", "country"))
        # EPO puts the country behind the name: `FANG HOWARD L [US]`.
        if told.endswith("]") and told[-4:-3] == "[":
            told, country = told[:-4].strip(), told[-3:-1]
        if told:
            by_form.setdefault(one.get("data-format", ""), []).append(Person(told, country))
    return by_form.get("original") or by_form.get("epodoc") or next(iter(by_form.values()), [])


def _cpc(one: Element) -> str:
    section, main, sub, group, subgroup = (
        text_of(find(one, name)) for name in ("section", "class", "subclass", "main-group", "subgroup")
    )
    return f"{section}{main}{sub} {group}/{subgroup}"


def _priority(claim: Element) -> tuple[str, date | None] | None:
    for form in ("docdb", "epodoc"):
        told = _document_id(claim, form)
        if told is not None:
            office, number, kind, day = told
            try:
                return f"{office} {number} {kind}".strip(), read_day(day) if day else None
            except NoDay:
                return f"{office} {number} {kind}".strip(), None
    return None


def _day(patent: ReadPatent, name: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return read_day(text)
    except NoDay as problem:
        patent.doubts.append(Doubt(name, "no_day", f"{problem}."))
        return None


def _unique(found: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(found))
