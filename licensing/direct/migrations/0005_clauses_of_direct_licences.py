"""What a licence outside a programme agrees besides its grant; going back, no licence that was sent may."""

from django.conf import settings
from django.db import migrations, models

from platform_core.database_rules import GoBackUnless


class Migration(migrations.Migration):
    dependencies = [
        ("direct", "0004_subs_within_heads"),
        ("documents", "0002_append_only"),
        ("identity", "0010_organisations_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="directlicence",
            name="ends_on_challenge",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="directlicence",
            name="grant_back",
            field=models.CharField(
                choices=[("none", "Nothing"), ("non_exclusive", "A non-exclusive licence")],
                default="none",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="directlicence",
            name="most_favoured",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="directlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(("grant_back__in", ["none", "non_exclusive"])),
                name="directlicence_grant_back_non_exclusive",
            ),
        ),
        migrations.AddConstraint(
            model_name="directlicence",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on_challenge", False)), name="directlicence_validity_may_be_challenged"
            ),
        ),
        GoBackUnless(
            "SELECT 1 FROM direct_directlicence "
            "WHERE (grant_back <> 'none' OR most_favoured) "
            "AND (state NOT IN ('draft', 'cancelled') OR signed_on IS NOT NULL)",
            "Licences outside programmes that were sent or signed agree a grant-back or a most-favoured clause, which "
            "the versions before would drop from them. Recall those that were only sent; once one is signed, stay at "
            "this version, or restore a backup from before.",
        ),
    ]
