"""What terms would have given with some sales, beside other terms. Pure: no Django, no database, no clock, no network.

Worked out by the engine's own close, in a bundle that is put together for it and thrown away.
"""

from licensing.terms.simulation.comparing import Compared, Line, compare_simulations
from licensing.terms.simulation.running import Simulated, simulate

__all__ = ["Compared", "Line", "Simulated", "compare_simulations", "simulate"]
