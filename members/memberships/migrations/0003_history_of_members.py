"""Members from before steps were kept get the history that their days tell."""

from typing import Any

from django.db import migrations

from platform_core.ids import new_id


def tell_history(apps: Any, schema_editor: Any) -> None:
    Membership = apps.get_model("memberships", "Membership")
    MembershipStep = apps.get_model("memberships", "MembershipStep")
    steps = []
    for membership in Membership.objects.order_by("pk"):
        steps.append(
            MembershipStep(
                id=new_id(),
                membership=membership,
                number=1,
                kind="admission",
                state_after="admitted",
                effective_on=membership.enters_on,
                shares_from_on=membership.enters_on,
                taken_over=True,
            )
        )
        if membership.leaves_on is not None:
            steps.append(
                MembershipStep(
                    id=new_id(),
                    membership=membership,
                    number=2,
                    kind="departure",
                    state_after="left",
                    effective_on=membership.leaves_on,
                    shares_from_on=membership.leaves_on,
                    taken_over=True,
                )
            )
    MembershipStep.objects.bulk_create(steps, batch_size=1000)
    Membership.objects.filter(leaves_on__isnull=False).update(state="left")


def forget_history(apps: Any, schema_editor: Any) -> None:
    apps.get_model("memberships", "MembershipStep").objects.filter(taken_over=True).delete()


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("memberships", "0002_life_cycle")]

    operations = [migrations.RunPython(tell_history, forget_history)]
