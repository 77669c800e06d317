"""A co-owner consents to what a licence says; going back, each may have consented to a licence once."""

from django.conf import settings
from django.db import migrations, models

from platform_core.database_rules import GoBackUnless


class Migration(migrations.Migration):
    dependencies = [
        ("direct", "0002_rules"),
        ("documents", "0002_append_only"),
        ("identity", "0010_organisations_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ownerconsent",
            name="ownerconsent_once_of_owner",
        ),
        migrations.AddField(
            model_name="ownerconsent",
            name="contents_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="ownerconsent",
            constraint=models.UniqueConstraint(
                fields=("licence", "owner", "contents_sha256"), name="ownerconsent_once_of_owner"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownerconsent",
            constraint=models.CheckConstraint(
                condition=models.Q(("contents_sha256__regex", "^([0-9a-f]{64})?$")),
                name="ownerconsent_contents_by_their_hash",
            ),
        ),
        GoBackUnless(
            "SELECT 1 FROM direct_ownerconsent GROUP BY licence_id, owner_id HAVING count(*) > 1",
            "Co-owners have consented to a licence more than once, each time to what it said then, and the versions "
            "before know one consent of each alone: which of them counts they could not tell. Stay at this version, or "
            "restore a backup from before.",
        ),
    ]
