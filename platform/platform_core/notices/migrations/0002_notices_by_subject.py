"""Whom a thing was told to is found by the thing, without reading all notices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_notices")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["subject_id", "kind"], name="notice_by_subject"),
        ),
    ]
