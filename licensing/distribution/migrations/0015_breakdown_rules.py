"""What a payee gets keeps what its amount is made of from the release on."""

from importlib import import_module

from django.db import migrations

from platform_core.database_rules import GoBackUnless

_EARLIER = import_module("licensing.distribution.migrations.0011_tax_withheld_rules")
_BEFORE = "'opening_minor', 'opening', 'proof_withheld', 'tax_minor'"


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("distribution", "0014_breakdowns"),)

    operations = (
        migrations.RunSQL(
            _EARLIER.ITEMS.format(columns=f"{_BEFORE}, 'breakdown', 'breakdown_kept'"),
            _EARLIER.ITEMS.format(columns=_BEFORE),
        ),
        GoBackUnless(
            "SELECT 1 FROM distribution_distributionitem item JOIN distribution_distributionrun run "
            "ON run.id = item.run_id WHERE run.status IN ('released', 'closed') "
            "AND (item.breakdown <> '{}' OR item.breakdown_kept <> '{}')",
            "Statements of distributions were released with what they are made of, and are sealed with it: the versions "
            "before would drop that, and the statements would verify no more. Stay at this version, or restore a "
            "backup from before.",
        ),
    )
