"""Pedersen commitments in the prime-order group of edwards25519, by libsodium's operations.

A commitment to an amount is `blinding * G + amount * H`. G is the group's base point; nobody knows how H is a multiple
of G, because H is hashed to the group from a text that anybody can read. Points are 32 bytes as in RFC 8032, scalars
whole numbers below the order. libsodium multiplies in constant time; Python's arithmetic on scalars does not claim to.
"""

import secrets
from collections.abc import Iterable
from typing import Final

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_is_valid_point,
    crypto_scalarmult_ed25519_base_noclamp,
    crypto_scalarmult_ed25519_noclamp,
)

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""How many points the group has (RFC 8032)."""

AMOUNT_GENERATOR_TEXT: Final = b"lianchi/distribution/commitment/generator of amounts/1"
"""What H is made of: Elligator's map (`crypto_core_ed25519_from_uniform`) of the SHA-256 of this text."""

AMOUNT_GENERATOR: Final = bytes.fromhex("c8f35992ca3ef1e5fe62ea74d1f1cd1eddf49502d9288ae22d53cded4ccc3819")
"""H as it came out. Written down, so that old proofs hold whatever a library does later; a test makes it again."""


def commit(amount: int, blinding: int, *, amount_generator: bytes = AMOUNT_GENERATOR) -> bytes:
    """Return the commitment to an amount, which may be negative, under a blinding from 1 to the order less 1."""
    if not 0 < blinding < ORDER:
        raise ValueError("a blinding is from 1 to the order of the group less 1")
    hidden = crypto_scalarmult_ed25519_base_noclamp(_scalar(blinding))
    if amount % ORDER == 0:
        # libsodium refuses a product that is the neutral element.
        return hidden
    return crypto_core_ed25519_add(hidden, crypto_scalarmult_ed25519_noclamp(_scalar(amount % ORDER), amount_generator))


def is_point(point: bytes) -> bool:
    """Whether 32 bytes are a point of the group in its only form, and not the neutral element."""
    return crypto_core_ed25519_is_valid_point(point)


def sum_points(points: Iterable[bytes]) -> bytes:
    """Add up points, of which there is at least one."""
    first, *others = points
    for point in others:
        first = crypto_core_ed25519_add(first, point)
    return first


def random_blinding() -> int:
    """Draw a blinding, each as likely as any other."""
    return 1 + secrets.randbelow(ORDER - 1)


def _scalar(number: int) -> bytes:
    return number.to_bytes(32, "little")
