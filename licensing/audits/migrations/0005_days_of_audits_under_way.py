"""Audits under way get the days of their answer, and those worked out what they charge, as was the rule until now."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations
from django.db.models import F

ENDED = ("settled", "cancelled")


def fill_in(apps: Any, schema_editor: Any) -> None:
    Audit = apps.get_model("audits", "Audit")
    waiting = Audit.objects.filter(handed_in_at__isnull=False, answer_until_on=None).exclude(state__in=ENDED)
    for audit in waiting.select_related("clause", "licence__programme__alliance").order_by("pk"):
        zone = ZoneInfo(audit.licence.programme.alliance.zone)
        handed_in_on = audit.handed_in_at.astimezone(zone).date()
        audit.answer_until_on = handed_in_on + timedelta(days=audit.clause.answer_days)
        audit.save(update_fields=["answer_until_on"])
    # All of a shortfall was to be charged; where a close or a minimum paid some of it, settling has it worked out again.
    Audit.objects.filter(state="calculated", charged_minor=None).update(
        charged_minor=F("shortfall_minor"), billed_minor=0, minimum_minor=0
    )


class Migration(migrations.Migration):
    """Data only; the columns go with the migration that added them."""

    dependencies = [("audits", "0004_replaced_and_billed")]

    operations = [migrations.RunPython(fill_in, migrations.RunPython.noop)]
