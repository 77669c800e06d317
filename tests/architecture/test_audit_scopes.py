"""What is recorded is read by somebody: the subject of an event says where it belongs."""

import ast
from pathlib import Path

from django.db.models import Model

from platform_core.access.registry import policies
from platform_core.audit.services import is_past_tense
from platform_core.models import Record

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("platform", "members", "pools", "licensing")

OF_NO_ALLIANCE = {
    *(
        "user",
        "organisation",
        "organisation_name",
        "seat",
        "job",
        "session",
        "audit_seal",
        "message",
        "invitation",
        "api_token",
    ),
    *(
        "webhook",
        "webhook_delivery",
        "saved_view",
        "home_visit",
        "notice",
        "affiliation",
        "declared_tie",
        "calendar_feed",
        "office_calendar",
    ),
    # An organisation's own: it says where to pay it, whoever pays.
    "payee_account",
    # Between whoever asks and the owner: the alliance is not to learn that there is one.
    "licence_request",
    "requested_patent",
    # Until it is signed a report is its licensee's own paper.
    "report_draft",
}
"""People and their work belong to no alliance: their own organisation reads what its people did. Nor does a seal."""


def recorded_things() -> set[str]:
    """Return what the code has event names for, such as `close_run` of `close_run.approved`."""
    return {
        node.value.rsplit(".", 1)[0]
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_past_tense(node.value)
    }


def thing(model: type[Model]) -> str:
    return str(model._meta.verbose_name).replace(" ", "_").lower()


def has_scope(model: type[Model]) -> bool:
    """Say whether rows of a model tell the alliance or the operating entity under which they are audited."""
    columns = {field.name for field in model._meta.concrete_fields}
    own = issubclass(model, Record) and (
        model.audit_alliance_id is not Record.audit_alliance_id
        or model.audit_operating_entity_id is not Record.audit_operating_entity_id
    )
    return own or bool(columns & {"alliance", "operating_entity"})


def test_every_recorded_change_belongs_to_an_alliance_or_an_operating_entity() -> None:
    things = recorded_things()
    recorded = {thing(policy.model): policy.model for policy in policies() if thing(policy.model) in things}
    assert {"licence", "close_run", "pool_entry", "terms_version", *OF_NO_ALLIANCE} <= set(recorded)
    assert {name for name, model in recorded.items() if not has_scope(model)} == OF_NO_ALLIANCE
