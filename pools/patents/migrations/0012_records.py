"""What is on record about a patent: canonical numbers, publications, bibliography, and where each field is from."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import platform_core.ids
from platform_core.database_rules import OfUnmerged


class Migration(migrations.Migration):
    """Rows of before have blank keys until the hourly work has read their numbers."""

    dependencies = [
        ("exchange", "0001_initial"),
        ("identity", "0010_organisations_by_name"),
        ("patents", "0011_numbers_in_their_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bibliography",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title_en", models.CharField(blank=True, max_length=1000)),
                ("abstract", models.TextField(blank=True)),
                ("first_claim", models.TextField(blank=True)),
                (
                    "applicants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), blank=True, default=list, size=None
                    ),
                ),
                (
                    "inventors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), blank=True, default=list, size=None
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=500)),
                ("agency", models.CharField(blank=True, max_length=300)),
                (
                    "agents",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), blank=True, default=list, size=None
                    ),
                ),
                (
                    "ipc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "cpc",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("priorities", models.JSONField(blank=True, default=list)),
                ("priority_on", models.DateField(blank=True, null=True)),
                ("claims_count", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "standards",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                    ),
                ),
                ("office_status", models.CharField(blank=True, max_length=200)),
                ("sources", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "verbose_name_plural": "bibliographies",
            },
        ),
        migrations.CreateModel(
            name="ImportedPatent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("changed", "changed"),
                            ("same", "same"),
                            ("doubtful", "doubtful"),
                            ("refused", "refused"),
                            ("part", "part of another row"),
                        ],
                        max_length=8,
                    ),
                ),
                ("new_id", models.UUIDField()),
                ("publication", models.CharField(blank=True, max_length=64)),
                ("publication_key", models.CharField(blank=True, max_length=64)),
                ("application", models.CharField(blank=True, max_length=64)),
                ("application_key", models.CharField(blank=True, max_length=64)),
                ("country", models.CharField(blank=True, max_length=2)),
                (
                    "right",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("invention", "invention 发明"),
                            ("utility_model", "utility model 实用新型"),
                            ("design", "design 外观设计"),
                            ("plant", "plant 植物"),
                        ],
                        max_length=16,
                    ),
                ),
                ("title", models.TextField(blank=True)),
                ("title_en", models.TextField(blank=True)),
                ("abstract", models.TextField(blank=True)),
                ("first_claim", models.TextField(blank=True)),
                ("filed_on", models.DateField(null=True)),
                ("published_on", models.DateField(null=True)),
                ("granted_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("priority_on", models.DateField(null=True)),
                (
                    "applicants",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "owners",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "inventors",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("agency", models.TextField(blank=True)),
                (
                    "agents",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("address", models.TextField(blank=True)),
                (
                    "ipc",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                (
                    "cpc",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("priorities", models.JSONField(default=list)),
                ("claims_count", models.PositiveIntegerField(null=True)),
                ("family", models.TextField(blank=True)),
                (
                    "standards",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("office_status", models.TextField(blank=True)),
                ("problems", models.JSONField(default=list)),
                ("changes", models.JSONField(null=True)),
            ],
            options={
                "verbose_name": "row of an import",
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=64)),
                ("published_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "published document",
                "ordering": ("patent", "published_on", "number"),
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=platform_core.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("own", "own records 自有记录"),
                            ("office", "patent office 专利局"),
                            ("docket", "agent's docket 代理机构案卷"),
                        ],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "source of values",
                "ordering": ("alliance", "-read_at", "id"),
            },
        ),
        migrations.AddField(
            model_name="patent",
            name="application_key",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="patent",
            name="numbers_read",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="patent",
            name="publication_key",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="patent",
            name="right",
            field=models.CharField(
                blank=True,
                choices=[
                    ("invention", "invention 发明"),
                    ("utility_model", "utility model 实用新型"),
                    ("design", "design 外观设计"),
                    ("plant", "plant 植物"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="patent",
            index=models.Index(
                condition=models.Q(("numbers_read", 0)), fields=["numbers_read"], name="patent_numbers_not_read"
            ),
        ),
        migrations.AddIndex(
            model_name="patent",
            index=models.Index(fields=["publication_key", "alliance"], name="patent_by_canonical_number"),
        ),
        migrations.AddConstraint(
            model_name="patent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("application_key", ""), _negated=True),
                fields=("alliance", "application_key", "country"),
                name="patent_application_once_in_country",
            ),
        ),
        migrations.AddField(
            model_name="bibliography",
            name="patent",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="bibliography", to="patents.patent"
            ),
        ),
        migrations.AddField(
            model_name="importedpatent",
            name="of_import",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="exchange.import"
            ),
        ),
        migrations.AddField(
            model_name="importedpatent",
            name="patent",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="patents.patent",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="patent",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="publications", to="patents.patent"
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="alliance",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="patent_sources", to="identity.alliance"
            ),
        ),
        migrations.AddField(
            model_name="source",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="identity.organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="importedpatent",
            index=models.Index(fields=["of_import", "line", "id"], name="imported_patent_by_line"),
        ),
        migrations.AddConstraint(
            model_name="importedpatent",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["new", "changed", "same", "doubtful", "refused", "part"])),
                name="imported_patent_outcome_known",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["key"], name="publication_by_number"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(fields=("patent", "number"), name="publication_once_of_patent"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="publication_number_is_given"
            ),
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["alliance", "read_at"], name="patent_source_by_day"),
        ),
        OfUnmerged("patents_source", "organisation_id"),
    ]
