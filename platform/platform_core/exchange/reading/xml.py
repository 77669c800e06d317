"""Reading XML of offices piece by piece: no entities, nothing fetched, no deeper and no longer than it may be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from platform_core.exchange.reading.refusals import UnreadableFile

LARGEST_XML: Final = 400_000_000
DEEPEST: Final = 100
_STARTS: Final = (b"<?xml", b"\xef\xbb\xbf<?xml", b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\0", b"\xfe\xff\0<")


def looks_like_xml(path: Path) -> bool:
    """Say whether a file begins as XML does."""
    with path.open("rb") as source:
        return source.read(64).lstrip().startswith(_STARTS)


def local(element: Element) -> str:
    """Return an element's name without its namespace: offices write the same documents with and without."""
    return element.tag.rpartition("}")[2]


def documents(path: Path, names: frozenset[str]) -> Iterator[tuple[str, Element]]:
    """Yield the root's name with each element of one of these names, whole; memory is given back after each.

    Raises UnreadableFile for what is no XML, declares entities, or is too large or too deep.
    """
    if path.stat().st_size > LARGEST_XML:
        raise UnreadableFile("too_large", f"The file is larger than {LARGEST_XML // 1_000_000} MB: give it in parts.")
    open_elements: list[Element] = []
    try:
        for event, element in iterparse(
            path, events=("start", "end"), forbid_dtd=False, forbid_entities=True, forbid_external=True
        ):
            if event == "start":
                open_elements.append(element)
                if len(open_elements) > DEEPEST:
                    raise UnreadableFile("too_deep", f"Elements stand in each other more than {DEEPEST} deep.")
                continue
            open_elements.pop()
            # One of a name inside another of them belongs to it.
            if local(element) in names and not any(local(outer) in names for outer in open_elements):
                yield local(open_elements[0]) if open_elements else local(element), element
                element.clear()
                if open_elements:
                    open_elements[-1].remove(element)
    except UnreadableFile:
        raise
    except DefusedXmlException:
        raise UnreadableFile("entities", "The file declares XML entities, which no office does.") from None
    except ParseError as error:
        line, column = error.position
        raise UnreadableFile("damaged", f"The XML breaks off at line {line}, column {column}.") from None
    except (LookupError, ValueError, UnicodeError):
        raise UnreadableFile("wrong_encoding", "The XML is not in the encoding that it names.") from None


def find(element: Element, *path: str) -> Element | None:
    """Return the first element down a path of names, whatever their namespaces."""
    for name in path:
        found = next((child for child in element if local(child) == name), None)
        if found is None:
            return None
        element = found
    return element


def find_all(element: Element, *path: str) -> list[Element]:
    """Return all elements at the end of a path of names."""
    level = [element]
    for name in path:
        level = [child for outer in level for child in outer if local(child) == name]
    return level


def text_of(element: Element | None) -> str:
    """Return all text within an element, blanks made one; nothing for none."""
    return "" if element is None else " ".join("".join(element.itertext()).split())
