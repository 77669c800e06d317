"""Opening, changing, pausing and ending connections, and having one asked now."""

import json
from collections.abc import Mapping
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.connections.calculation import next_run
from platform_core.connections.lifecycle import CONNECTION_LIFECYCLE
from platform_core.connections.models import Connection, ConnectionState, Rhythm, RunCause
from platform_core.connections.policies import KEEP_CONNECTION, OPEN_CONNECTION, RUN_CONNECTION
from platform_core.connections.registry import Connector, connector_of
from platform_core.connections.services.asking import is_under_way, key_of, queue_run
from platform_core.exchange.registry import importer_of
from platform_core.identity.models import Alliance
from platform_core.problems import Conflict, SignInNeeded, WrongState, invalid
from platform_core.realtime.services import announce
from platform_core.session_locks import is_somebody_at

MOST_OF_AN_ALLIANCE: Final = 50
LONGEST_SECRET: Final = 500

_PROBLEMS: Final = {
    "connection_name_once_in_alliance": Conflict("Another connection of the alliance has this name: choose one more."),
}
_DAYS: Final = {Rhythm.DAY: range(32), Rhythm.WEEK: range(1, 8), Rhythm.MONTH: range(1, 29)}


class ConnectionEdits(TypedDict, total=False):
    """What may be changed of a connection."""

    name: str
    settings: dict[str, Any]
    every: str
    on_day: int
    at_hour: int
    straight_in: bool


@transaction.atomic
def open_connection(
    *,
    actor: Actor,
    alliance_id: UUID,
    kind: str,
    name: str,
    settings: Mapping[str, Any] | None = None,
    secret: Mapping[str, str] | None = None,
    every: str = Rhythm.WEEK,
    on_day: int = 1,
    at_hour: int = 3,
    straight_in: bool = False,
) -> Connection:
    """Have a database of others asked for an alliance by schedule; the acting seat keeps the connection."""
    alliance = get_visible(Alliance, alliance_id, actor=actor, for_change=True)
    require(actor, OPEN_CONNECTION, alliance)
    if actor.seat_id is None or actor.organisation_id is None:
        raise SignInNeeded
    connector = _connector(kind)
    importer = importer_of(connector.subject)
    if importer is not None:
        require(actor, importer.permission, alliance)
    _check(name=name, every=every, on_day=on_day, at_hour=at_hour)
    chosen = connector.choose(actor, settings or {})
    kept = Connection.objects.filter(alliance=alliance).exclude(state=ConnectionState.ENDED)
    if kept.count() >= MOST_OF_AN_ALLIANCE:
        raise Conflict(f"An alliance has at most {MOST_OF_AN_ALLIANCE} connections: end one first.")
    with told_as(_PROBLEMS):
        opened = Connection.objects.create(
            alliance=alliance,
            organisation_id=actor.organisation_id,
            owner_id=actor.seat_id,
            kind=kind,
            name=name.strip(),
            settings=chosen,
            secret=_sealed(connector, secret or {}),
            every=every,
            on_day=on_day,
            at_hour=at_hour,
            straight_in=straight_in,
            next_run_at=next_run(actor.clock.now(), every=every, on_day=on_day, at_hour=at_hour, zone=alliance.zone),
            created_at=actor.clock.now(),
        )
    connector.prepare(opened.pk, alliance.code)
    record_event(
        "connection.opened",
        actor=actor,
        subject=opened,
        changes={"kind": (None, kind), "settings": (None, chosen), "straight_in": (None, straight_in)},
    )
    announce(opened)
    return opened


@transaction.atomic
def edit_connection(*, actor: Actor, connection_id: UUID, edits: ConnectionEdits) -> Connection:
    """Change what a connection asks for and when; what is asked for otherwise is asked from the beginning.

    Of the settings, those that are given are changed, and None takes one away.
    """
    found = _kept(actor, connection_id)
    if found.state == ConnectionState.ENDED:
        raise WrongState("It has ended.")
    given: dict[str, Any] = {**edits}
    if "settings" in given:
        wanted = {**found.settings, **given["settings"]}
        # What stays as it is was checked before, maybe by somebody who sees more.
        given["settings"] = wanted if wanted == found.settings else _connector(found.kind).choose(actor, wanted)
    if "name" in given:
        given["name"] = given["name"].strip()
    changes = apply_edits(found, given)
    _check(name=found.name, every=found.every, on_day=found.on_day, at_hour=found.at_hour)
    if "settings" in changes:
        found.position = None
    if changes.keys() & {"every", "on_day", "at_hour"} and found.state == ConnectionState.ON:
        found.next_run_at = _next_run(found, actor)
    with told_as(_PROBLEMS):
        found.save()
    record_event("connection.edited", actor=actor, subject=found, changes=changes)
    announce(found)
    return found


@transaction.atomic
def replace_connection_secret(*, actor: Actor, connection_id: UUID, secret: Mapping[str, str]) -> Connection:
    """Give a connection other credentials, from the next call on."""
    found = _kept(actor, connection_id)
    if found.state == ConnectionState.ENDED:
        raise WrongState("It has ended.")
    connector = _connector(found.kind)
    if not connector.secrets:
        raise WrongState("It needs no credentials.")
    found.secret = _sealed(connector, secret)
    found.save(update_fields=["secret"])
    record_event("connection.secret_replaced", actor=actor, subject=found)
    announce(found)
    return found


@transaction.atomic
def pause_connection(*, actor: Actor, connection_id: UUID) -> Connection:
    """Ask no more until somebody resumes it; a run that is under way comes to its end."""
    found = _kept(actor, connection_id)
    _move(found, "pause")
    found.next_run_at = None
    found.save(update_fields=["state", "next_run_at"])
    record_event("connection.paused", actor=actor, subject=found)
    announce(found)
    return found


@transaction.atomic
def resume_connection(*, actor: Actor, connection_id: UUID) -> Connection:
    """Ask again by schedule; whoever resumes a connection keeps it from now on."""
    if actor.seat_id is None:
        raise SignInNeeded
    found = _kept(actor, connection_id)
    _move(found, "resume")
    before = found.owner_id
    found.owner_id = actor.seat_id
    found.paused_reason, found.failures, found.failing_since = "", 0, None
    found.next_run_at = _next_run(found, actor)
    found.save()
    changes = {"owner": (before, found.owner_id)} if before != found.owner_id else {}
    record_event("connection.resumed", actor=actor, subject=found, changes=changes)
    announce(found)
    return found


@transaction.atomic
def end_connection(*, actor: Actor, connection_id: UUID) -> Connection:
    """Ask no more for good; what it brought stays, and its credentials are forgotten."""
    found = _kept(actor, connection_id)
    _move(found, "end")
    found.next_run_at, found.secret, found.paused_reason = None, "", ""
    found.ended_at = actor.clock.now()
    found.save()
    record_event("connection.ended", actor=actor, subject=found)
    announce(found)
    return found


@transaction.atomic
def request_run(*, actor: Actor, connection_id: UUID) -> Connection:
    """Have a connection asked now, besides its schedule."""
    found = get_visible(Connection, connection_id, actor=actor, for_change=True)
    require(actor, RUN_CONNECTION, found)
    if found.state != ConnectionState.ON:
        raise WrongState("It is not on: resume it first.")
    # Also from the command line, which has no job.
    if is_under_way(found) or is_somebody_at(key_of(found.pk)):
        raise WrongState("It is being asked already.")
    queue_run(actor=actor, connection=found, cause=RunCause.PERSON)
    record_event("connection.run_requested", actor=actor, subject=found)
    announce(found)
    return found


def _kept(actor: Actor, connection_id: UUID) -> Connection:
    found = get_visible(Connection, connection_id, actor=actor, for_change=True)
    require(actor, KEEP_CONNECTION, found)
    return found


def _move(found: Connection, step: str) -> None:
    found.state = CONNECTION_LIFECYCLE.after(step, current=ConnectionState(found.state))


def _next_run(found: Connection, actor: Actor) -> Any:
    return next_run(
        actor.clock.now(),
        every=found.every,
        on_day=found.on_day,
        at_hour=found.at_hour,
        zone=found.alliance.zone,
    )


def _connector(kind: str) -> Connector:
    connector = connector_of(kind)
    if connector is None:
        raise invalid("/kind", "unknown", "There is no such kind of connection.")
    return connector


def _check(*, name: str, every: str, on_day: int, at_hour: int) -> None:
    checks = Checks()
    checks.text("name", name)
    if every not in Rhythm.values:
        checks.wrong("every", "unknown", "Choose day, week or month.")
    elif on_day not in _DAYS[Rhythm(every)]:
        checks.wrong("on_day", "out_of_range", "Choose a day that every such week or month has.")
    if at_hour not in range(24):
        checks.wrong("at_hour", "out_of_range", "Choose an hour from 0 to 23.")
    checks.refuse()


def _sealed(connector: Connector, given: Mapping[str, str]) -> str:
    """Return credentials as they are kept, all of them; the column seals them for its row."""
    checks = Checks("/secret")
    for name in connector.secrets:
        value = given.get(name, "")
        if not value.strip():
            checks.wrong(name, "required", "This must not be blank.")
        elif len(value) > LONGEST_SECRET or not value.isascii() or not value.isprintable():
            checks.wrong(name, "invalid", "These are no credentials: copy them anew.")
    for name in given.keys() - set(connector.secrets):
        checks.wrong(name, "unknown", "It takes no such credentials.")
    checks.refuse()
    return json.dumps({name: given[name].strip() for name in connector.secrets}) if connector.secrets else ""
