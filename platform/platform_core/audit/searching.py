"""Looking for events in the record, by what every reader of an event is shown of it, never by its contents."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Organisation
from platform_core.problems import invalid

IDS = {"subject_id": "subject_id", "user": "user", "organisation": "organisation", "alliance": "alliance"}
TEXTS = {"subject_type": "subject_type"}

PARAMETERS = [
    *(OpenApiParameter(name, OpenApiTypes.UUID, description=f"only of this {name}") for name in IDS),
    OpenApiParameter("subject_type", str, description="only of this kind of subject, such as `close.closerun`"),
    OpenApiParameter("name", str, description="only of this name, such as `close_run.approved`, or all of `close_run`"),
    OpenApiParameter("from", str, description="from this day (of the site's zone) or instant on"),
    OpenApiParameter("to", str, description="to this day, inclusive, or before this instant"),
    OpenApiParameter("q", str, description="words in the name of the event, of the person or of the organisation"),
]


def searched(rows: QuerySet[AuditEvent], asked: Mapping[str, str], *, actor: Actor) -> QuerySet[AuditEvent]:
    """Keep the events that are asked for; `rows` are those the actor may see.

    Contents are not searched, nor names of organisations the actor may not see: that something is found would tell.
    """
    given = {name: text for name, text in asked.items() if text}
    for name, text in given.items():
        if "\x00" in text:
            raise invalid(f"/{name}", "bad_text", "This must be plain text.")
    for name, column in IDS.items():
        if name in given:
            try:
                rows = rows.filter(**{column: UUID(given[name])})
            except ValueError:
                raise invalid(f"/{name}", "bad_id", f"“{given[name]}” is not an id.") from None
    for name, column in TEXTS.items():
        if name in given:
            rows = rows.filter(**{column: given[name].lower()})
    if "name" in given:
        rows = rows.filter(Q(name=given["name"]) | Q(name__startswith=f"{given['name']}."))
    if "from" in given:
        rows = rows.filter(at__gte=_bound("from", given["from"]))
    if "to" in given:
        rows = rows.filter(at__lt=_bound("to", given["to"], through=True))
    for word in given.get("q", "").split()[:10]:
        rows = rows.filter(_told(word, actor))
    return rows


def _told(word: str, actor: Actor) -> Q:
    named = Q(name_zh__icontains=word) | Q(name_en__icontains=word)
    found = (
        Q(name__icontains=word)
        | Q(subject_type__icontains=word)
        | Q(work__icontains=word)
        | Q(request_id=word)
        | Q(user__name__icontains=word)
        | Q(organisation__in=Organisation.objects.visible_to(actor).filter(named).order_by().values("pk"))
    )
    try:
        return found | Q(subject_id=UUID(word))
    except ValueError:
        return found


def _bound(name: str, text: str, *, through: bool = False) -> datetime:
    try:
        instant = parse_datetime(text)
        day = parse_date(text) if instant is None or len(text) <= 10 else None
    except ValueError:
        instant = day = None
    if day is not None:
        return _start_of(day + timedelta(days=1) if through and day < date.max else day)
    if instant is None:
        raise invalid(f"/{name}", "bad_instant", "Write a day such as 2026-03-31, or an instant with its zone.")
    return instant if timezone.is_aware(instant) else timezone.make_aware(instant)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
