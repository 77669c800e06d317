"""How random bundles are tried: the same ones in every run."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

SEEDS = st.integers(min_value=0, max_value=2**48)


def tries(examples: int) -> settings:
    """Try so many seeds; one does not shrink to a smaller bundle, so shrinking would only cost time."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
