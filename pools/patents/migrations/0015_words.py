"""The words by which patents are found, and triggers that note which are to be read anew."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

_NOTED = """
    CREATE FUNCTION patents_note_new_patents() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO patents_patentwords (patent_id, reading) SELECT id, 0 FROM new_rows;
        RETURN NULL;
    END $$;
    CREATE FUNCTION patents_note_new_titles() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE patents_patentwords w SET reading = 0
          FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE w.patent_id = n.id AND w.reading <> 0 AND n.title <> o.title;
        RETURN NULL;
    END $$;
    CREATE FUNCTION patents_note_new_records() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE patents_patentwords w SET reading = 0
          FROM new_rows n WHERE w.patent_id = n.patent_id AND w.reading <> 0;
        RETURN NULL;
    END $$;
    CREATE FUNCTION patents_note_changed_records() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE patents_patentwords w SET reading = 0
          FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE w.patent_id = n.patent_id AND w.reading <> 0
           AND (n.title_en, n.abstract, n.applicants, n.inventors, n.ipc, n.cpc)
               IS DISTINCT FROM (o.title_en, o.abstract, o.applicants, o.inventors, o.ipc, o.cpc);
        RETURN NULL;
    END $$;
    CREATE TRIGGER note_new_words AFTER INSERT ON patents_patent
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION patents_note_new_patents();
    CREATE TRIGGER note_changed_words AFTER UPDATE ON patents_patent
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION patents_note_new_titles();
    CREATE TRIGGER note_new_words AFTER INSERT ON patents_bibliography
        REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION patents_note_new_records();
    CREATE TRIGGER note_changed_words AFTER UPDATE ON patents_bibliography
        REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION patents_note_changed_records();
"""
_FORGOTTEN = """
    DROP TRIGGER note_changed_words ON patents_bibliography;
    DROP TRIGGER note_new_words ON patents_bibliography;
    DROP TRIGGER note_changed_words ON patents_patent;
    DROP TRIGGER note_new_words ON patents_patent;
    DROP FUNCTION patents_note_changed_records();
    DROP FUNCTION patents_note_new_records();
    DROP FUNCTION patents_note_new_titles();
    DROP FUNCTION patents_note_new_patents();
"""
"""Triggers, since patents are written in many ways, in bulk among them, and none of these may be forgotten."""


class Migration(migrations.Migration):
    """Rows of before are noted as to be read; the work that reads words does so within minutes."""

    dependencies = [
        ("patents", "0014_encumbrances"),
    ]

    operations = [
        migrations.CreateModel(
            name="PatentWords",
            fields=[
                (
                    "patent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="indexed",
                        serialize=False,
                        to="patents.patent",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("reading", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name": "words of a patent",
                "verbose_name_plural": "words of patents",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="patent_by_words"),
                    models.Index(
                        condition=models.Q(("reading__lt", 1)), fields=["patent"], name="patent_words_to_read"
                    ),
                ],
            },
        ),
        migrations.RunSQL(_NOTED, _FORGOTTEN),
        migrations.RunSQL(
            "INSERT INTO patents_patentwords (patent_id, reading) SELECT id, 0 FROM patents_patent",
            migrations.RunSQL.noop,
        ),
    ]
