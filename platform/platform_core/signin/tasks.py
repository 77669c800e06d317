"""The background work of sign-in."""

from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from platform_core.jobs.registry import QUICK, background
from platform_core.jobs.running import Running
from platform_core.signin import services
from platform_core.signin.lockout import TELLING
from platform_core.signin.policies import CARE
from platform_core.signin.sessions import forget_old_sessions


@background(TELLING, as_work=CARE)
def tell_of_lock(running: Running, *, lock_id: str) -> None:
    """Tell the owner of a locked account."""
    services.tell_of_lock(actor=running.actor, lock_id=UUID(lock_id))


@app.periodic(cron="41 * * * *")
@app.task(name="lianchi.forget_old_sessions", queue=QUICK)
def tidy_sessions(timestamp: int) -> None:
    """Forget, once an hour, the sessions that have run out."""
    forget_old_sessions(timezone.now())
