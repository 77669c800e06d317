"""Lists of invoices are ordered by due day and number, drafts included, which have neither."""

import datetime

import django.db.models.expressions
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns that lists are ordered by."""

    dependencies = [
        ("agreements", "0005_refer_to_no_merged"),
        ("billing", "0002_rules"),
        ("close", "0009_workings_without_totals"),
        ("ledger", "0002_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="invoice",
            name="due_order",
            field=models.DateField(default=datetime.date(9999, 12, 31), editable=False),
        ),
        migrations.AddField(
            model_name="invoice",
            name="number_order",
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["due_order", "id"], name="invoice_by_due"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["number_order", "id"], name="invoice_by_number"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_on__isnull", False),
                        ("due_order", models.F("due_on")),
                        (
                            "number_order",
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.comparison.Cast(
                                        models.F("year"), models.BigIntegerField()
                                    ),
                                    "*",
                                    models.Value(1000000000),
                                ),
                                "+",
                                models.F("number"),
                            ),
                        ),
                    ),
                    models.Q(("due_on", None), ("due_order", datetime.date(9999, 12, 31)), ("number_order", 0)),
                    _connector="OR",
                ),
                name="invoice_ordered_as_it_is",
            ),
        ),
    ]
