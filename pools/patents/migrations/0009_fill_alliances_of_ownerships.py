"""Each ownership gets the alliance of its patent."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("patents", "0008_alliances_of_ownerships")]

    operations = [
        migrations.RunSQL(
            "UPDATE patents_ownership SET alliance_id = patents_patent.alliance_id FROM patents_patent "
            "WHERE patents_patent.id = patents_ownership.patent_id AND patents_ownership.alliance_id IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
