"""The alliance of an ownership is that of its patent, as the database sees to; and owners are found by it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_language_of_a_person"),
        ("patents", "0009_fill_alliances_of_ownerships"),
    ]

    operations = [
        migrations.AlterField(
            model_name="ownership",
            name="alliance",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.alliance",
            ),
        ),
        migrations.AddIndex(
            model_name="ownership",
            index=models.Index(fields=["owner", "alliance"], name="ownership_by_owner"),
        ),
        migrations.AlterField(
            model_name="ownership",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ownerships",
                to="identity.organisation",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE patents_ownership ADD CONSTRAINT ownership_and_patent_of_one_alliance "
            "FOREIGN KEY (patent_id, alliance_id) REFERENCES patents_patent (id, alliance_id)",
            "ALTER TABLE patents_ownership DROP CONSTRAINT ownership_and_patent_of_one_alliance",
        ),
    ]
