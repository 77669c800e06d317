"""Pure rules of asking: which addresses are one and the same when they are counted."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_ONE_PLACE: Final = 64
"""Bits of an IPv6 address that whoever is given a network cannot choose; the rest is theirs to vary."""


def place_of(address: str) -> str:
    """Return the place that a network address belongs to: of IPv6 the network, since one place has all of it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found.packed, _ONE_PLACE), strict=False))


def mailbox_of(email: str) -> tuple[str, str]:
    """Return the name and the domain of the mailbox that an address leads to, without what follows a plus in it."""
    name, _, domain = email.rpartition("@")
    return name.partition("+")[0] or name, domain
