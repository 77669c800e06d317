"""No role twice at the same time, and assignments that are ended rather than rewritten."""

from django.db import migrations

from platform_core.database_rules import ImmutableWhen


class Migration(migrations.Migration):
    """Rules that Django's constraints cannot say."""

    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE TYPE uuidrange AS RANGE (subtype = uuid)",
            "DROP TYPE uuidrange",
        ),
        # Without the btree_gist extension, "same key" is an overlap of ranges that hold one value.
        migrations.RunSQL(
            """
            ALTER TABLE identity_roleassignment ADD CONSTRAINT roleassignment_no_overlap EXCLUDE USING gist (
                uuidrange(seat_id, seat_id, '[]') WITH &&,
                int8range(hashtext(role || ' ' || purpose), hashtext(role || ' ' || purpose), '[]') WITH &&,
                uuidrange(
                    coalesce(alliance_id, operating_entity_id, '00000000-0000-0000-0000-000000000000'),
                    coalesce(alliance_id, operating_entity_id, '00000000-0000-0000-0000-000000000000'),
                    '[]'
                ) WITH &&,
                tstzrange(starts_at, ends_at) WITH &&
            )
            """,
            "ALTER TABLE identity_roleassignment DROP CONSTRAINT roleassignment_no_overlap",
        ),
        ImmutableWhen("identity_roleassignment", "true", may_change=["ends_at"]),
        ImmutableWhen("identity_seat", "true", may_change=["ended_at", "title"]),
    ]
