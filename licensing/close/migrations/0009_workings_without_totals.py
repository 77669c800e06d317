"""That nothing is told of a statement's workings is kept too, where the totals of the close wait for others."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a release without cells stand without totals."""

    dependencies = [
        ("close", "0008_workings_releases"),
    ]

    operations = [
        migrations.AlterField(
            model_name="workingsrelease",
            name="totals",
            field=models.ForeignKey(
                help_text="the totals that were told of the close, of which the cells are sums; none while they wait",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="workings",
                to="close.totalsrelease",
            ),
        ),
        migrations.AddConstraint(
            model_name="workingsrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("totals__isnull", False), models.Q(("why", ""), _negated=True), _connector="OR"),
                name="workingsrelease_totals_or_why",
            ),
        ),
    ]
