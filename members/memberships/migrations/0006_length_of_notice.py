"""How far ahead a member itself may leave is said by the rules of its alliance."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A rule with the length that held for all so far."""

    dependencies = [
        ("identity", "0009_codes_tell_nothing"),
        ("memberships", "0005_refer_to_no_merged"),
    ]

    operations = [
        migrations.AddField(
            model_name="membershiprules",
            name="longest_notice_days",
            field=models.PositiveSmallIntegerField(default=366),
        ),
        migrations.AddConstraint(
            model_name="membershiprules",
            constraint=models.CheckConstraint(
                condition=models.Q(("longest_notice_days__gte", 1), ("longest_notice_days__lte", 3660)),
                name="membershiprules_notice_of_some_length",
            ),
        ),
    ]
