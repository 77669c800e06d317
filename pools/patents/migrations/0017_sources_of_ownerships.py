"""Which file told of an ownership, so that nobody takes back with a file what people recorded."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Of ownerships on record nobody noted where they are from."""

    dependencies = (("patents", "0016_sources_of_publications"),)

    operations = (
        migrations.AddField(
            model_name="ownership",
            name="source",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="patents.source",
            ),
        ),
    )
