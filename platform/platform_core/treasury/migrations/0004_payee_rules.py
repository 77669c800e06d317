"""Where somebody wanted to be paid stays as it was entered; what changes is entered anew, and confirmed anew."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, OfUnmerged

WITHDRAWN_OR_REWRITTEN = """
    OLD.state = 'withdrawn' OR (
        OLD.id, OLD.organisation_id, OLD.currency, OLD.account_name, OLD.bank_name, OLD.branch, OLD.number,
        OLD.entered_at, OLD.entered_by_id
    ) IS DISTINCT FROM (
        NEW.id, NEW.organisation_id, NEW.currency, NEW.account_name, NEW.bank_name, NEW.branch, NEW.number,
        NEW.entered_at, NEW.entered_by_id
    ) OR (OLD.state = 'confirmed' AND (OLD.confirmed_at, OLD.confirmed_by_id, OLD.in_force_at)
        IS DISTINCT FROM (NEW.confirmed_at, NEW.confirmed_by_id, NEW.in_force_at))
"""


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("treasury", "0003_payee_accounts"), ("identity", "0004_merged_organisations"))

    operations = (
        ImmutableWhen("treasury_payeeaccount", WITHDRAWN_OR_REWRITTEN),
        OfUnmerged("treasury_payeeaccount", "organisation_id"),
    )
