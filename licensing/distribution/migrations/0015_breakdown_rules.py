"""What a payee gets keeps what its amount is made of from the release on."""

from importlib import import_module

from django.db import migrations

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
    )
