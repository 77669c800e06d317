"""The tables: foreign keys point down, migrations are complete, and the database says no by itself."""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState

from platform_site.rooms import ROOMS, installed_apps

ORDER = {
    "platform_core": 0,
    "members": 1,
    "pools.patents": 2,
    "pools.upkeep": 3,
    "pools.charts": 3,
    "pools.composition": 4,
    "pools.submissions": 5,
    "pools.asking": 5,
    "pools.custody": 6,
    "pools.acquisition": 7,
    "pools.analysis": 8,
    "licensing.terms": 9,
    "licensing.agreements": 10,
    "licensing.bilaterals": 11,
    "licensing.clauses": 11,
    "licensing.dealings": 11,
    "licensing.direct": 11,
    "licensing.openlicences": 12,
    "licensing.reports": 12,
    "licensing.deductions": 13,
    "licensing.close": 13,
    "licensing.audits": 14,
    "licensing.billing": 15,
    "licensing.breaches": 16,
    "licensing.distribution": 17,
    "licensing.payments": 18,
    "licensing.cutover": 19,
    "licensing.figures": 20,
    "licensing.cases": 21,
}


def height(model: type[models.Model]) -> int:
    """Return how far up the house a model lives; a folder without a place fails."""
    name = apps.get_app_config(model._meta.app_label).name
    for place in (name, name.split(".")[0]):
        if place in ORDER:
            return ORDER[place]
    raise AssertionError(f"{name} has no place in the order of rooms")


def ours() -> list[type[models.Model]]:
    names = set(installed_apps())
    return [model for model in apps.get_models() if apps.get_app_config(model._meta.app_label).name in names]


def keys_that_point_up(found: list[type[models.Model]]) -> list[str]:
    """Return foreign keys from a lower room to a higher one, which import contracts cannot see in strings."""
    wrong = []
    for model in found:
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not field.concrete or target is None or target is ContentType:
                continue
            if not apps.get_app_config(target._meta.app_label).name.startswith(ROOMS):
                continue
            if height(target) > height(model):
                wrong.append(f"{model._meta.label}.{field.name} points up to {target._meta.label}")
    return wrong


def test_foreign_keys_point_down() -> None:
    assert len(ours()) > 10
    assert keys_that_point_up(ours()) == []


def test_a_key_that_points_up_is_found() -> None:
    lower, higher = apps.get_model("memberships", "Membership"), apps.get_model("terms", "Programme")

    class Planted(models.Model):
        """A membership that knows the programme it earns from."""

        programme = models.ForeignKey(higher, on_delete=models.PROTECT)

        class Meta:
            app_label = lower._meta.app_label
            apps = type(apps)()  # not registered among the real ones

        def __str__(self) -> str:
            return ""

    assert keys_that_point_up([Planted]) == ["memberships.Planted.programme points up to terms.Programme"]


def test_nothing_is_deleted_in_the_wake_of_something_else() -> None:
    cascading = [
        f"{model._meta.label}.{field.name}"
        for model in ours()
        for field in model._meta.get_fields()
        if field.concrete and getattr(getattr(field, "remote_field", None), "on_delete", None) is models.CASCADE
    ]
    assert cascading == []


def test_migrations_say_what_the_models_say() -> None:
    labels = {app.rsplit(".", 1)[1] for app in installed_apps()}
    loader = MigrationLoader(None)
    found = MigrationAutodetector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner(specified_apps=labels, dry_run=True),
    ).changes(graph=loader.graph, trim_to_apps=labels, convert_apps=labels)
    missing = [
        f"{label}: {operation.describe()}"
        for label, migrations in found.items()
        for migration in migrations
        for operation in migration.operations
    ]
    assert missing == [], "run: manage.py makemigrations"


def test_no_two_migrations_lead_on_from_one() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}
