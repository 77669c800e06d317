"""Which file told of a publication, so that it can be taken back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Publications that are on record came with their patents, or nobody noted from where."""

    dependencies = (("patents", "0015_words"),)

    operations = (
        migrations.AddField(
            model_name="publication",
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
