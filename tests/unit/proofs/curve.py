"""edwards25519 in plain Python, from RFC 8032's equations alone: another opinion than libsodium's."""

from typing import Final

PRIME: Final = 2**255 - 19
D: Final = -121665 * pow(121666, -1, PRIME) % PRIME
BASE: Final = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")

Point = tuple[int, int]
NEUTRAL: Final[Point] = (0, 1)


def decode(written: bytes) -> Point:
    number = int.from_bytes(written, "little")
    odd, y = number >> 255, number & (2**255 - 1)
    assert y < PRIME
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    assert x * x % PRIME == square, "not on the curve"
    return (PRIME - x if x % 2 != odd else x, y)


def encode(point: Point) -> bytes:
    x, y = point
    return (y | (x % 2) << 255).to_bytes(32, "little")


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % PRIME
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, PRIME) % PRIME
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, PRIME) % PRIME
    return x, y


def times(number: int, point: Point) -> Point:
    total = NEUTRAL
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total
