"""Keep what each payee gets by product and countries, so that amounts are explained at once."""

import django.db.models.deletion
from django.db import migrations, models

import platform_core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0003_own_enterprises"),
        ("close", "0002_history"),
        ("memberships", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CloseCell",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("payee", models.TextField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("member", "Member"),
                            ("held", "Withheld from a member"),
                            ("credit", "Credited to the licensee"),
                            ("fee", "Administration fee"),
                            ("reserve", "Reserve"),
                            ("undistributed", "Undistributed"),
                        ],
                        max_length=15,
                    ),
                ),
                ("product", models.TextField()),
                (
                    "sold_in",
                    models.CharField(blank=True, default="", help_text="blank for minimums and charges", max_length=2),
                ),
                ("made_in", models.CharField(blank=True, default="", max_length=2)),
                ("micros", models.DecimalField(decimal_places=0, max_digits=38)),
            ],
        ),
        migrations.AddIndex(
            model_name="closebucket",
            index=models.Index(fields=["run", "product", "sold_in", "licence"], name="closebucket_by_market"),
        ),
        migrations.AddField(
            model_name="closecell",
            name="membership",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="close_cells",
                to="memberships.membership",
            ),
        ),
        migrations.AddField(
            model_name="closecell",
            name="run",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="cells", to="close.closerun"
            ),
        ),
        migrations.AddConstraint(
            model_name="closecell",
            constraint=models.UniqueConstraint(
                fields=("run", "payee", "product", "sold_in", "made_in"), name="closecell_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="closecell",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["member", "held", "credit", "fee", "reserve", "undistributed"])),
                name="closecell_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="closecell",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("member", "held", "credit")), ("membership__isnull", False)),
                    models.Q(models.Q(("kind__in", ("member", "held", "credit")), _negated=True), ("membership", None)),
                    _connector="OR",
                ),
                name="closecell_member_named",
            ),
        ),
    ]
