"""Indexes along which pages of long lists are looked for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0003_language_of_a_person"),
        ("patents", "0004_grants"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="patent",
            index=models.Index(fields=["publication", "id"], name="patent_by_publication"),
        ),
        migrations.AddIndex(
            model_name="patent",
            index=models.Index(fields=["country", "publication", "id"], name="patent_by_country"),
        ),
    ]
