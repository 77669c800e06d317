"""A credit code may be recorded twice, where the one who records it may not see the other organisation."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """An index for the constraint; going back needs organisations of one code to be merged first."""

    dependencies = [("identity", "0008_seats_are_confirmed")]

    operations = [
        migrations.RemoveConstraint(model_name="organisation", name="organisation_uscc_unique"),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["uscc"], condition=~Q(uscc=""), name="organisation_by_uscc"),
        ),
    ]
