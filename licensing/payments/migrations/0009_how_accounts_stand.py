"""How an account at the payment service stands, and why one was closed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns and a constraint."""

    dependencies = [
        ("identity", "0010_organisations_by_name"),
        ("payments", "0008_hosted_page_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="stripeaccount",
            name="closing_reason",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="stripeaccount",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="stripeaccount",
            name="failure",
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name="stripeaccount",
            name="unsigned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="stripeaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at__isnull", False), ("closing_reason", ""), _connector="OR"),
                name="stripeaccount_closed_for_a_reason",
            ),
        ),
    ]
