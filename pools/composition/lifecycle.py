"""The states of a pool and the steps between them."""

from platform_core.lifecycle import Lifecycle
from pools.composition.models import PoolState

POOL_LIFECYCLE: Lifecycle[PoolState] = Lifecycle(
    {
        "open call": ({PoolState.IDEA}, PoolState.CALL_OPEN),
        "begin forming": ({PoolState.CALL_OPEN}, PoolState.FORMING),
        "agree": ({PoolState.FORMING}, PoolState.AGREED),
        "launch": ({PoolState.AGREED}, PoolState.LAUNCHED),
        "begin closing": ({PoolState.LAUNCHED}, PoolState.CLOSING),
        "close": ({PoolState.CLOSING}, PoolState.CLOSED),
    }
)
