"""Sum up the shares of runs that were calculated before cells were kept."""

from django.db import migrations

FILL = """
INSERT INTO close_closecell (id, run_id, payee, kind, membership_id, product, sold_in, made_in, micros)
SELECT gen_random_uuid(), share.run_id, share.payee, share.kind, share.membership_id,
       bucket.product, bucket.sold_in, bucket.made_in, sum(share.micros)
FROM close_closeshare AS share JOIN close_closebucket AS bucket ON bucket.id = share.bucket_id
GROUP BY share.run_id, share.payee, share.kind, share.membership_id, bucket.product, bucket.sold_in, bucket.made_in
"""


class Migration(migrations.Migration):
    """Going back takes the table away, so nothing is to be undone here."""

    dependencies = [("close", "0003_cells")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
