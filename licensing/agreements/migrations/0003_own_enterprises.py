"""A licensee by itself is known by a key, so that renaming it changes nobody's royalties."""

from typing import Any

from django.db import migrations

OWN_ENTERPRISE = "organisation:"


def to_keys(apps: Any, schema_editor: Any) -> None:
    """Write what a licensee's own name meant until now: the licensee by itself, or a group others are in too."""
    Licence = apps.get_model("agreements", "Licence")
    LicenceChange = apps.get_model("agreements", "LicenceChange")
    groups: dict[object, set[str]] = {}
    for programme, name, enterprise in _named(Licence.objects, "programme", "licensee", "enterprise"):
        if enterprise not in ("", name):
            groups.setdefault(programme, set()).add(enterprise)
    changed = _named(LicenceChange.objects, "licence__programme", "licence__licensee", "enterprise")
    for programme, name, enterprise in changed:
        if enterprise not in ("", name):
            groups.setdefault(programme, set()).add(enterprise)
    for licence in Licence.objects.select_related("licensee"):
        name = licence.licensee.name_zh or licence.licensee.name_en
        if licence.enterprise in ("", name):
            meant = name if name in groups.get(licence.programme_id, set()) else ""
            if meant != licence.enterprise:
                Licence.objects.filter(pk=licence.pk).update(enterprise=meant)
    for change in LicenceChange.objects.select_related("licence__licensee"):
        licensee = change.licence.licensee
        name = licensee.name_zh or licensee.name_en
        if change.enterprise == name and name not in groups.get(change.licence.programme_id, set()):
            LicenceChange.objects.filter(pk=change.pk).update(enterprise=f"{OWN_ENTERPRISE}{licensee.pk}")


def to_names(apps: Any, schema_editor: Any) -> None:
    """Write the licensees' names of today for their keys."""
    LicenceChange = apps.get_model("agreements", "LicenceChange")
    for change in LicenceChange.objects.filter(enterprise__startswith=OWN_ENTERPRISE).select_related(
        "licence__licensee"
    ):
        licensee = change.licence.licensee
        LicenceChange.objects.filter(pk=change.pk).update(enterprise=licensee.name_zh or licensee.name_en)


def _named(rows: Any, programme: str, licensee: str, enterprise: str) -> Any:
    columns = rows.values_list(programme, f"{licensee}__name_zh", f"{licensee}__name_en", enterprise)
    return ((programme_id, zh or en, group) for programme_id, zh, en, group in columns)


class Migration(migrations.Migration):
    """Own enterprises by key."""

    dependencies = [("agreements", "0002_rules")]

    operations = [migrations.RunPython(to_keys, to_names)]
