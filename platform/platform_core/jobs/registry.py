"""The kinds of background work there are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from platform_core.access.actors import Actor, SystemWork

if TYPE_CHECKING:
    from platform_core.jobs.running import Running

Work = Callable[..., Mapping[str, Any] | None]
AfterFailure = Callable[..., None]

QUICK: Final = "quick"
"""The queue of short work."""
HEAVY: Final = "heavy"
"""The queue of work that takes long and runs in child processes."""
CALLS: Final = "calls"
"""The queue of calls to systems of others, who may keep us waiting: worked off apart from all else."""
CALLS_AT_ONCE: Final = 4
"""Calls that are under way at a time in one process, besides all other work."""
LOOKUPS: Final = "lookups"
"""The queue of runs that ask the databases of others for minutes: apart from calls that should go out at once."""
LOOKUPS_AT_ONCE: Final = 2
UNNAMED: Final = "default"
"""The queue of what names none."""
QUEUES: Final = (QUICK, HEAVY, UNNAMED)
"""All queues but those of calls and of look-ups, which share their workers."""


@dataclass(frozen=True, slots=True)
class BackgroundTask:
    """A kind of background work: what it does, as what, how often it is tried, and what follows a failure."""

    name: str
    work: Work
    as_work: SystemWork
    queue: str
    attempts: int
    after_failure: AfterFailure | None

    def __call__(self, running: "Running", **arguments: Any) -> Mapping[str, Any] | None:
        """Do the work in this thread, for tests and for commands that wait for it."""
        return self.work(running, **arguments)


_tasks: dict[str, BackgroundTask] = {}


def background(
    name: str,
    *,
    as_work: SystemWork,
    queue: str = QUICK,
    attempts: int = 3,
    after_failure: AfterFailure | None = None,
) -> Callable[[Work], BackgroundTask]:
    """Declare a function of a `tasks.py` as background work.

    It is called with a `Running` and the arguments it was deferred with (what JSON can hold; ids as text), outside a
    transaction; what it returns becomes the job's result. It may be started again after a crash, up to `attempts`
    times, so it must be able to. `after_failure(actor, message, **arguments)` is called in the transaction
    that marks the job as failed or cancelled, so that what the work was for does not stay half done.
    """

    def declare(work: Work) -> BackgroundTask:
        if name in _tasks:
            raise ValueError(f"there is background work called {name!r} already")
        task = BackgroundTask(name, work, as_work, queue, attempts, after_failure)
        _tasks[name] = task
        return task

    return declare


def task_named(name: str) -> BackgroundTask | None:
    """Return the background work of that name, if this version of the platform has it."""
    return _tasks.get(name)


def required_task(name: str) -> BackgroundTask:
    """Return the background work of that name for whoever starts it; LookupError where no `tasks.py` declares it."""
    task = task_named(name)
    if task is None:
        raise LookupError(f"no background work is called {name!r}")
    return task


def background_tasks() -> list[BackgroundTask]:
    """Return all kinds of background work."""
    return list(_tasks.values())


def tell_of_failure(task: BackgroundTask, actor: Actor, message: str, arguments: Mapping[str, Any]) -> None:
    """Let the work's own room put things in order after a failure."""
    if task.after_failure is not None:
        task.after_failure(actor, message, **arguments)
