"""Published terms never change, and a programme offers a pool of its own alliance."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("terms", "0001_initial"), ("composition", "0002_rules")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE terms_programme ADD CONSTRAINT programme_and_pool_of_one_alliance "
            "FOREIGN KEY (pool_id, alliance_id) REFERENCES composition_pool (id, alliance_id)",
            "ALTER TABLE terms_programme DROP CONSTRAINT programme_and_pool_of_one_alliance",
        ),
        ImmutableWhen("terms_termsversion", "OLD.state = 'published'"),
    ]
