"""Contracts, their templates and signatures stay as they were made; of recordals only what came of them changes."""

from django.db import migrations

from platform_core.database_rules import AppendOnly, ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("dealings", "0003_contracts")]

    operations = [
        AppendOnly("dealings_contracttemplate"),
        AppendOnly("dealings_contract"),
        ImmutableWhen("dealings_contractsignature", may_change=["original_on"]),
        ImmutableWhen("dealings_sealrequest", "OLD.state <> 'asked'"),
        ImmutableWhen("dealings_recordal", may_change=["filed_on", "result", "result_on", "number"]),
    ]
