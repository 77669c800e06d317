"""Every column that refers to an organisation says what becomes of it when one turns out to be another."""

from django.apps import apps
from django.db.models import ForeignKey

from platform_core.identity.models import Organisation
from platform_core.identity.references import Fate, references


def columns_that_refer() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is Organisation
    }


def test_every_reference_to_an_organisation_is_moved_kept_or_refused() -> None:
    declared = {reference.name for reference in references()}
    missing = sorted(columns_that_refer() - declared)
    assert missing == [], "declare them in their policies.py: declare_reference(Reference(…, Fate.MOVED, why))"
    assert sorted(declared - columns_that_refer()) == [], "these are declared, and no such column is there"


def test_what_refuses_says_when_and_what_to_do() -> None:
    for reference in references():
        assert reference.why
        assert (reference.fate is Fate.REFUSED) <= (reference.hindrance is not None), reference.name
