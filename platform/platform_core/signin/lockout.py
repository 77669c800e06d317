"""Locking out whoever guesses: failures are counted in the database, by account and by network address.

An attempt is counted before the password is looked at, and taken back when it was right. So however many attempts come
at once, no more than the limit are ever tried. What is counted is what was typed, so an unknown account locks alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac

from platform_core.access.actors import Actor
from platform_core.clock import Clock
from platform_core.identity.models import User
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import defer
from platform_core.problems import Problem
from platform_core.signin.models import Lock, LockKind


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures are borne within what time, and for how long the first lock holds."""

    failures: int
    within: timedelta
    first_lock: timedelta
    longest_lock: timedelta


LIMITS: Final = {
    LockKind.ACCOUNT: Limit(5, timedelta(minutes=15), timedelta(minutes=15), timedelta(hours=4)),
    # An office of many people may have one address.
    LockKind.ADDRESS: Limit(60, timedelta(minutes=15), timedelta(minutes=15), timedelta(hours=1)),
}

TELLING: Final = "sign_in.tell_of_lock"
"""The background work that tells the owner of a locked account."""

FORGOTTEN_AFTER: Final = timedelta(days=1)
"""After how much quiet a further lock is as short as the first."""


class SignInLocked(Problem):
    """Too many attempts failed; no more are taken for a while."""

    code = "sign_in_locked"
    status = 429
    title = "Too many attempts to sign in"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        minutes = -(-seconds // 60)
        super().__init__(
            f"Too many attempts to sign in failed. Try again in {minutes} minutes, or ask your administrator.",
            retry_after=seconds,
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that was counted as failed until it turns out right."""

    lock_ids: tuple[UUID, ...]


def begin_attempt(*, email: str | None, address: str | None, clock: Clock) -> Attempt:
    """Count an attempt before it is made, or refuse it with SignInLocked; some name no account."""
    account = email.strip().lower() if email is not None else None
    user = User.objects.filter(email=account).first() if account is not None else None
    keys: list[tuple[LockKind, str]] = [(LockKind.ADDRESS, address)] if address else []
    keys += [(LockKind.ACCOUNT, account)] if account is not None else []
    now = clock.now()
    with transaction.atomic():
        rows = [_locked_row(kind, key, user, now) for kind, key in keys]
        left = max((row.locked_until - now for row in rows if row.locked_until), default=timedelta(0))
        if left > timedelta(0):
            raise SignInLocked(max(1, round(left.total_seconds())))
        newly = [row for row in rows if _count(row, now)]
    if newly:
        _tell(newly, clock)
    return Attempt(tuple(row.pk for row in rows))


def take_back(attempt: Attempt) -> None:
    """Take back an attempt that was right: the account begins anew, its address has one failure less."""
    with transaction.atomic():
        for row in Lock.objects.select_for_update().filter(pk__in=attempt.lock_ids).order_by("-kind"):
            if row.kind == LockKind.ACCOUNT:
                _clear(row)
            else:
                # Otherwise an account of one's own would win any number of guesses at others.
                row.failures = max(0, row.failures - 1)
                row.save(update_fields=["failures"])


def forget_failures(*, email: str) -> None:
    """Let an account begin anew whose owner has proved to be there, as by a reset password."""
    with transaction.atomic():
        key = key_hash(LockKind.ACCOUNT, email.strip().lower())
        for row in Lock.objects.select_for_update().filter(kind=LockKind.ACCOUNT, key_hash=key):
            _clear(row)


def key_hash(kind: LockKind, key: str) -> str:
    """Return the hash by which a lock is found; addresses of strangers are not kept."""
    return salted_hmac(f"signin.lock.{kind}", key, algorithm="sha256").hexdigest()


def _locked_row(kind: LockKind, key: str, user: User | None, now: datetime) -> Lock:
    hashed = key_hash(kind, key)
    known = Lock.objects.filter(kind=kind, key_hash=hashed)
    row = known.select_for_update().first()
    if row is None:
        made = Lock(kind=kind, key_hash=hashed, counted_from=now)
        if kind is LockKind.ACCOUNT:
            made.user = user
        else:
            made.address = key
        Lock.objects.bulk_create([made], ignore_conflicts=True)
        row = known.select_for_update().get()
    return row


def _count(row: Lock, now: datetime) -> bool:
    """Count one failure; True if it is the one that locks."""
    limit = LIMITS[LockKind(row.kind)]
    if row.locked_until is not None or now - row.counted_from >= limit.within:
        row.failures, row.counted_from, row.locked_until = 0, now, None
    row.failures += 1
    locks = row.failures >= limit.failures
    if locks:
        if row.locked_at is not None and now - row.locked_at >= FORGOTTEN_AFTER:
            row.times_locked = 0
        row.locked_until = now + min(limit.first_lock * 2 ** min(row.times_locked, 20), limit.longest_lock)
        row.locked_at = now
        row.times_locked += 1
    row.save()
    return locks


def _clear(row: Lock) -> None:
    row.failures, row.times_locked, row.locked_until = 0, 0, None
    row.save(update_fields=["failures", "times_locked", "locked_until"])


def _tell(locks: Sequence[Lock], clock: Clock) -> None:
    """Have the owners of locked accounts told, by a job: whether there is one must not show in the time it takes."""
    task = required_task(TELLING)
    for row in locks:
        defer(task, actor=Actor.public(clock=clock), arguments={"lock_id": row.pk})
