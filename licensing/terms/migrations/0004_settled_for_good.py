"""What a programme is settled in and which pool it offers never changes, and withdrawn terms stay withdrawn."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead


class Migration(migrations.Migration):
    """Amounts in terms have the programme's currency, so that another one would turn every price into another."""

    dependencies = [("terms", "0003_report_days")]

    operations = [
        ImmutableWhen(
            "terms_programme",
            "OLD.currency IS DISTINCT FROM NEW.currency OR OLD.pool_id IS DISTINCT FROM NEW.pool_id "
            "OR OLD.alliance_id IS DISTINCT FROM NEW.alliance_id OR OLD.code IS DISTINCT FROM NEW.code",
        ),
        Instead(
            ImmutableWhen("terms_termsversion", "OLD.state = 'published'"),
            ImmutableWhen("terms_termsversion", "OLD.state IN ('published', 'withdrawn')"),
        ),
    ]
