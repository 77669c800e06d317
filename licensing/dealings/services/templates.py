"""Publishing the clauses of a programme's contracts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.dealings.clauses import mistakes_of
from licensing.dealings.models import ContractTemplate
from licensing.dealings.moving import person
from licensing.dealings.policies import PUBLISH_TEMPLATE
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks

MOST_CLAUSES: Final = 100


@transaction.atomic
def publish_template(
    *, actor: Actor, programme_id: UUID, title_zh: str, title_en: str, clauses: Sequence[Mapping[str, Any]]
) -> ContractTemplate:
    """Publish the clauses of a programme's contracts under the next number; they are fixed from then on.

    Refused are a grant-back that is exclusive and an end of the licence because a patent was challenged.
    """
    programme = get_visible(Programme, programme_id, actor=actor, for_change=True)
    require(actor, PUBLISH_TEMPLATE, programme)
    checks = Checks()
    checks.text("title_zh", title_zh)
    checks.text("title_en", title_en)
    if not 0 < len(clauses) <= MOST_CLAUSES:
        checks.wrong("clauses", "too_many", f"A template has 1 to {MOST_CLAUSES} clauses.")
    for place, code, about in mistakes_of(clauses):
        field = f"clauses/{place}".rstrip("/")
        match code:
            case "unknown_kind":
                checks.wrong(field, code, f"There is no kind of clause called “{about}”.")
            case "unknown_field":
                checks.wrong(field, code, f"There is no field called “{about}” to be merged.")
            case "exclusive_grant_back":
                checks.wrong(field, code, "A grant-back is never exclusive: say “exclusive” = false.")
            case "unknown_ground":
                checks.wrong(
                    field, code, f"“{about}” is no ground to end a licence; that a patent was challenged never is one."
                )
            case "missing_kind":
                checks.wrong(field, code, f"A clause of the kind “{about}” is missing.")
            case _:
                checks.wrong(field, code, "This must not be blank.")
    checks.refuse()
    latest = ContractTemplate.objects.filter(programme=programme).aggregate(Max("number"))["number__max"] or 0
    template = ContractTemplate.objects.create(
        programme=programme,
        number=latest + 1,
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        clauses=[dict(clause) for clause in clauses],
        published_at=actor.clock.now(),
        published_by_id=person(actor),
    )
    record_event(
        "contract_template.published", actor=actor, subject=template, changes={"number": (None, template.number)}
    )
    return template
