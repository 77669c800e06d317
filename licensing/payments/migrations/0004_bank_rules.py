"""What a receipt was for is written once; only that it was taken back is added, whoever writes."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen, OfUnmerged


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("payments", "0003_bank_receipts"), ("identity", "0004_merged_organisations"))

    operations = (
        AppendOnly("payments_matchingterms"),
        AppendOnly("payments_bankallocation"),
        ImmutableWhen("payments_bankreceipt", may_change=("taken_back_at", "licensee_id")),
        OfUnmerged("payments_bankreceipt", "licensee_id", fixed=True),
    )
