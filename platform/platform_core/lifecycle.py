"""State tables: which step leads from which states to which."""

from collections.abc import Iterator, Mapping, Set
from typing import Generic, TypeVar

from platform_core.problems import WrongState

State = TypeVar("State", bound=str)


class Lifecycle(Generic[State]):
    """The steps of one kind of thing, each from a set of states to one state."""

    def __init__(self, steps: Mapping[str, tuple[Set[State], State]]) -> None:
        self.steps: Mapping[str, tuple[frozenset[State], State]] = {
            step: (frozenset(before), after) for step, (before, after) in steps.items()
        }
        for step, (before, _) in self.steps.items():
            if not before:
                raise ValueError(f"step {step!r} starts from no state")

    @property
    def states(self) -> frozenset[State]:
        """Every state that a step starts from or leads to."""
        return frozenset(state for before, after in self.steps.values() for state in (*before, after))

    def after(self, step: str, *, current: State) -> State:
        """Return the state a step leads to, or refuse when it does not start from the current one."""
        before, after = self.steps[step]
        if current not in before:
            raise WrongState(
                f"“{step}” is not possible while this is “{current}”; it is possible from: "
                + ", ".join(sorted(f"“{state}”" for state in before))
                + ".",
                step=step,
                current=str(current),
                allowed_steps=self.allowed(current),
            )
        return after

    def allowed(self, current: State) -> list[str]:
        """List the steps that start from a state, in the order of the table."""
        return [step for step, (before, _) in self.steps.items() if current in before]

    def final(self) -> frozenset[State]:
        """Return the states no step leads away from."""
        return frozenset(state for state in self.states if not self.allowed(state))

    def __iter__(self) -> Iterator[str]:
        return iter(self.steps)
