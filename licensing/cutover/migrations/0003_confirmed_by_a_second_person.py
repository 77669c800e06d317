"""A comparison counts once a second person confirmed it."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Who confirmed a comparison, and when."""

    dependencies = (("cutover", "0002_rules"), migrations.swappable_dependency(settings.AUTH_USER_MODEL))

    operations = (
        migrations.AddField(
            model_name="parallelrun",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="parallelrun",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="parallelrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_at", None), ("confirmed_by", None))
                | models.Q(("confirmed_at__isnull", False), ("confirmed_by__isnull", False)),
                name="parallelrun_confirmed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="parallelrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("confirmed_by", None))
                | models.Q(("compared_by", None))
                | models.Q(("confirmed_by", django.db.models.expressions.F("compared_by")), _negated=True),
                name="parallelrun_two_people",
            ),
        ),
    )
