"""Every state and step of pools, programmes, terms and licences."""

import pytest

from licensing.agreements.lifecycle import LICENCE_LIFECYCLE
from licensing.agreements.models import LicenceState
from licensing.terms.lifecycle import PROGRAMME_LIFECYCLE, TERMS_LIFECYCLE
from licensing.terms.models import ProgrammeState, TermsState
from platform_core.lifecycle import Lifecycle
from platform_core.problems import WrongState
from pools.composition.lifecycle import POOL_LIFECYCLE
from pools.composition.models import PoolState

TABLE = {
    (POOL_LIFECYCLE, PoolState): {
        "idea": ["open call"],
        "call_open": ["begin forming"],
        "forming": ["agree"],
        "agreed": ["launch"],
        "launched": ["begin closing"],
        "closing": ["close"],
        "closed": [],
    },
    (PROGRAMME_LIFECYCLE, ProgrammeState): {
        "draft": ["launch"],
        "launched": ["begin closing"],
        "closing": ["close"],
        "closed": [],
    },
    (TERMS_LIFECYCLE, TermsState): {"draft": ["publish", "withdraw"], "published": [], "withdrawn": []},
    (LICENCE_LIFECYCLE, LicenceState): {
        "draft": ["send", "cancel"],
        "sent": ["sign", "cancel"],
        "signed": ["countersign", "cancel"],
        "in_force": ["suspend", "expire", "terminate"],
        "suspended": ["resume", "expire", "terminate"],
        "expired": [],
        "terminated": [],
        "cancelled": [],
    },
}


@pytest.mark.parametrize(("lifecycle", "states"), TABLE)
def test_every_state_allows_its_steps_and_no_others(lifecycle: Lifecycle[str], states: type[PoolState]) -> None:
    expected = TABLE[lifecycle, states]
    assert set(states.values) == set(expected)
    for state, steps in expected.items():
        assert lifecycle.allowed(state) == steps
        for step in lifecycle:
            if step in steps:
                assert lifecycle.after(step, current=state) in set(states.values)
            else:
                with pytest.raises(WrongState):
                    lifecycle.after(step, current=state)
