"""What became of a notice is written beside what it says, which stays; going back, nobody could read it."""

from django.db import migrations

from platform_core.database_rules import GoBackUnless, ImmutableWhen, Instead

_BEFORE = [
    "state",
    "licensee_id",
    "in_force_from",
    "ends_on",
    "end_reason",
    "recordal_due_on",
    "recordal_rule",
    "recordal_filed_on",
    "recordal_result",
    "recordal_result_on",
    "recordal_number",
]
_SINCE = [
    "sum_due_on",
    "lapsed_on",
    "contested_on",
    "contest_reason",
    "evidence_id",
    "evidence_note",
    "evidence_on",
    "acknowledged_on",
    "entry_withdrawn_on",
]


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("openlicences", "0003_lapsed_and_contested")]

    operations = [
        Instead(
            ImmutableWhen("openlicences_openlicence", "OLD.state <> 'prepared'", may_change=_BEFORE),
            ImmutableWhen("openlicences_openlicence", "OLD.state <> 'prepared'", may_change=[*_BEFORE, *_SINCE]),
        ),
        GoBackUnless(
            "SELECT 1 FROM openlicences_openlicence WHERE lapsed_on IS NOT NULL OR contested_on IS NOT NULL",
            "Notices of open licences have lapsed, or entries of them were contested, and the versions before know of "
            "neither: they would ask for what nobody owes. Stay at this version, or restore a backup from before.",
        ),
    ]
