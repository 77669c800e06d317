"""What legal events make of a right: whether it stands, since when, until when, and why.

Pure. What a code does is data (`events.toml`); codes that only a class is known of (`inpadoc.csv`) end nothing by
themselves and are told as doubtful.
"""

from pools.patents.status.effects import Effect, effect_of, is_weighty
from pools.patents.status.standing import Event, Interval, Standing, State, standing_of

__all__ = ["Effect", "Event", "Interval", "Standing", "State", "effect_of", "is_weighty", "standing_of"]
