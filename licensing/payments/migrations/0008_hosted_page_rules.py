"""What is known of the page on which a payment is paid may change; what it pays stays as it was, whoever writes."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen, Instead

_CHANGES = ("state", "service_id", "message", "key_number", "first_asked_at", "attempts", "due_at", "hints")


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = (("payments", "0007_hosted_pages"),)

    operations = (
        Instead(
            ImmutableWhen("payments_onlinepayment", may_change=(*_CHANGES, "client_secret")),
            ImmutableWhen("payments_onlinepayment", may_change=(*_CHANGES, "session_id", "page_url", "ending_at")),
        ),
    )
