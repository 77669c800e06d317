"""The engine says exactly what the oracle says, on random bundles that use every rule of the reference."""

import tempfile
from pathlib import Path

from hypothesis import given

from tests.closes.engine_outputs import assert_same, engine_close
from tests.closes.oracle import oracle_close
from tests.closes.random_bundles import Shape, random_bundle
from tests.closes.random_bundles.trying import SEEDS, tries

comparison = tries(60)


def compare(seed: int, shape: Shape, *, skip_rejected: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        bundle = random_bundle(seed, shape).write(Path(scratch) / "bundle")
        oracle = oracle_close(bundle, skip_rejected=skip_rejected)
        engine = engine_close(bundle, Path(scratch) / "out", skip_rejected=skip_rejected)
        assert_same(engine, oracle)


@comparison
@given(seed=SEEDS)
def test_sound_bundles_close_as_the_oracle_closes_them(seed: int) -> None:
    compare(seed, Shape(), skip_rejected=False)


@comparison
@given(seed=SEEDS)
def test_flawed_bundles_are_rejected_for_the_same_reasons_at_the_same_places(seed: int) -> None:
    compare(seed, Shape(flaws=True), skip_rejected=False)


@comparison
@given(seed=SEEDS)
def test_what_is_left_of_flawed_bundles_closes_as_the_oracle_closes_it(seed: int) -> None:
    compare(seed, Shape(flaws=True), skip_rejected=True)
