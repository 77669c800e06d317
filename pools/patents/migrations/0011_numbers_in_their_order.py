"""Have the numbers that begin alike in their order, so that the first of very many are found at once."""

from django.db import migrations

INDEXES = {
    "patent_by_publication_key": "search_key(publication)",
    "patent_by_publication_digits": "search_digits(publication)",
    "patent_by_application_digits": "search_digits(application)",
}


class Migration(migrations.Migration):
    """The same indexes, compared byte by byte on every server, with what numbers that are equal are ordered by."""

    dependencies = [("patents", "0010_ownership_and_patent_of_one_alliance"), ("search", "0001_functions")]

    operations = [
        migrations.RunSQL(
            [f"DROP INDEX {name}", f'CREATE INDEX {name} ON patents_patent (({number} COLLATE "C"), country, id)'],
            [f"DROP INDEX {name}", f"CREATE INDEX {name} ON patents_patent ({number} text_pattern_ops)"],
        )
        for name, number in INDEXES.items()
    ]
