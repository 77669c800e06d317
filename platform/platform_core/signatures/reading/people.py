"""What certificates say of the people and authorities they are of."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from asn1crypto import x509

from platform_core.identity.uscc import is_valid_uscc

_EIGHTEEN: Final = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_LONGEST: Final = 200
_LONGEST_CHAIN: Final = 10


def named(certificate: x509.Certificate) -> dict[str, Any]:
    """Return whom a certificate is of: name, organisation, unified social credit code, and its serial number."""
    return {
        "name": _first(certificate.subject, "common_name") or full_name(certificate.subject),
        "organisation": _first(certificate.subject, "organization_name"),
        "subject": full_name(certificate.subject),
        "credit_code": _credit_code(certificate.subject),
        "serial": format(certificate.serial_number, "X"),
        "valid_from": certificate.not_valid_before.isoformat(),
        "valid_to": certificate.not_valid_after.isoformat(),
    }


def full_name(name: x509.Name) -> str:
    """Return a distinguished name in one line, cut where it is excessive."""
    return str(name.human_friendly)[:_LONGEST]


def chain_of(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Return the certificates in a file by which one was issued, the nearest first; by their names alone."""
    chain: list[x509.Certificate] = []
    current = certificate
    while current.subject != current.issuer and len(chain) < _LONGEST_CHAIN:
        found = next((one for one in others if one.subject == current.issuer and one not in chain), None)
        if found is None:
            break
        chain.append(found)
        current = found
    return chain


def _credit_code(name: x509.Name) -> str:
    """Return the first unified social credit code among the attributes of a name, whichever holds it."""
    for text in _values(name):
        for code in _EIGHTEEN.findall(text.upper()):
            if is_valid_uscc(code):
                return str(code)
    return ""


def _first(name: x509.Name, attribute: str) -> str:
    value = name.native.get(attribute, "")
    found = value[0] if isinstance(value, list) else value
    return str(found)[:_LONGEST]


def _values(name: x509.Name) -> Iterator[str]:
    for value in name.native.values():
        if isinstance(value, list):
            yield from (str(each) for each in value)
        else:
            yield str(value)
