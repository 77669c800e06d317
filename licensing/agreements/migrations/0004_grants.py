"""Rights given by hand on one licence."""

import django.db.models.deletion
from django.db import migrations, models

from platform_core.database_rules import CompositeKey, ImmutableWhen


class Migration(migrations.Migration):
    """Make the table, whose holder and dates follow the grant's."""

    dependencies = [
        ("access", "0004_grants"),
        ("agreements", "0003_own_enterprises"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="LicenceGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.UUIDField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "content_object",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="granted_actions",
                        to="agreements.licence",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.grant"
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="auth.permission",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["holder", "permission", "content_object", "ends_at"], name="licencegrant_by_holder"
                    ),
                    models.Index(
                        fields=["content_object", "holder", "permission", "ends_at"], name="licencegrant_by_object"
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("grant", "permission"), name="licencegrant_once")],
            },
        ),
        CompositeKey(
            "agreements_licencegrant",
            ("grant_id", "holder", "starts_at", "ends_at"),
            "access_grant",
            ("id", "holder", "starts_at", "ends_at"),
        ),
        ImmutableWhen("agreements_licencegrant", "true", may_change=["ends_at"]),
    ]
