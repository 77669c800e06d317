"""What is wrong with a document of terms, place by place, before anybody keeps it."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from licensing.engine.model import Terms
from licensing.engine.terms import TermsError
from licensing.terms.models import Programme, TermsState, TermsVersion
from licensing.terms.policies import DRAFT_TERMS
from licensing.terms.selectors import terms_versions, typed_terms
from licensing.terms.services import checked_terms
from licensing.terms.wording import Difference, compare_terms
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.problems import InvalidInput


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the path of the key, or the line of what is no TOML, and what to do, with the path before it."""

    path: str
    line: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckedTerms:
    """All mistakes of a document; without any, in what it differs from the version it would follow."""

    mistakes: list[Mistake]
    against: TermsVersion | None = None
    differences: list[Difference] = field(default_factory=list)


def check_terms(*, actor: Actor, programme_id: UUID, in_force_from: date, document: str) -> CheckedTerms:
    """Check a document of terms as drafting it would, and keep nothing."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, DRAFT_TERMS, programme)
    try:
        _content, typed = checked_terms(programme, document, in_force_from)
    except TermsError as error:
        return CheckedTerms([Mistake(one.path, one.line, one.code, str(one)) for one in error.problems])
    except InvalidInput as error:
        return CheckedTerms([Mistake(_path_in(one.message), 0, one.code, one.message) for one in error.errors])
    return _compared(actor, programme, in_force_from, typed)


def _compared(actor: Actor, programme: Programme, in_force_from: date, typed: Terms) -> CheckedTerms:
    before = (
        terms_versions(actor=actor)
        .filter(programme=programme, state=TermsState.PUBLISHED, in_force_from__lte=in_force_from)
        .order_by("-in_force_from")
        .first()
    )
    return CheckedTerms([], before, [] if before is None else compare_terms(typed_terms(before), typed))


def _path_in(message: str) -> str:
    path, colon, _rest = message.partition(": ")
    return path if colon else ""
