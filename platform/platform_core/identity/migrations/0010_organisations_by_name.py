"""An index in the order of lists of organisations, so that a page asks of its own rows only whether they may be seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index."""

    dependencies = [("identity", "0009_codes_tell_nothing")]

    operations = [
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["name_zh", "id"], name="organisation_by_name"),
        ),
    ]
