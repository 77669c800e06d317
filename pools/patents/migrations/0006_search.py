"""Find a patent by any form of its number, however many there are."""

from django.db import migrations

INDEXES = {
    "patent_by_publication_key": "search_key(publication) text_pattern_ops",
    "patent_by_publication_digits": "search_digits(publication) text_pattern_ops",
    "patent_by_application_digits": "search_digits(application) text_pattern_ops",
}


class Migration(migrations.Migration):
    """An index for each form."""

    dependencies = [("patents", "0005_orders_of_lists"), ("search", "0001_functions")]

    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON patents_patent ({columns})", f"DROP INDEX {name}")
        for name, columns in INDEXES.items()
    ]
