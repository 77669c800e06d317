"""A licence keeps to its programme's terms; what was charged and received is never rewritten."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("agreements", "0001_initial"), ("terms", "0002_rules")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE agreements_licence ADD CONSTRAINT licence_and_terms_of_one_programme "
            "FOREIGN KEY (terms_version_id, programme_id) REFERENCES terms_termsversion (id, programme_id)",
            "ALTER TABLE agreements_licence DROP CONSTRAINT licence_and_terms_of_one_programme",
        ),
        ImmutableWhen("agreements_charge", may_change=["cancelled_at"]),
        ImmutableWhen("agreements_bilaterallicence", may_change=["ends_on"]),
        AppendOnly("agreements_receipt"),
    ]
