"""A column by which an owner is tied to an alliance, without going through each patent."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_language_of_a_person"),
        ("patents", "0007_refer_to_no_merged"),
    ]

    operations = [
        migrations.AddField(
            model_name="ownership",
            name="alliance",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.alliance",
            ),
        ),
        migrations.AddConstraint(
            model_name="patent",
            constraint=models.UniqueConstraint(fields=("id", "alliance"), name="patent_with_its_alliance"),
        ),
    ]
