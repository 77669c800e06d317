"""How the database looks for visible rows: from the rights to the rows, or row by row.

A right reaches rows as `column IN (rows of another table)`. Read as a set, such a right costs as much as it reaches:
right for counting, for many rows, for joining. One object, the children of a page, and the first fifty of a long
ordered list are found faster by asking of each row whether some right reaches it; that costs as much as there are
rows to ask about.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any

from django.db.models import Field, Q, QuerySet
from django.db.models.fields.related import ForeignObject
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In
from django.db.models.sql.constants import LOUTER


class _Form(StrEnum):
    """How a right is written into a query that is sent at this moment."""

    SET = "set"
    ROW_BY_ROW = "row by row"
    LEFT_OUT = "left out"


_form: ContextVar[_Form] = ContextVar("form", default=_Form.SET)


@contextmanager
def _written(form: _Form) -> Iterator[None]:
    token = _form.set(form)
    try:
        yield
    finally:
        _form.reset(token)


def row_by_row() -> AbstractContextManager[None]:
    """Have queries that are sent meanwhile ask of each row they pass whether a right reaches it."""
    return _written(_Form.ROW_BY_ROW)


def rights_left_out() -> AbstractContextManager[None]:
    """Have queries that are sent meanwhile pass all rows that would be asked about.

    What they return is shown to nobody before it was asked about: it tells how far asking row by row would have to go,
    or which rows to ask about.
    """
    return _written(_Form.LEFT_OUT)


@Field.register_lookup
class Reached(In):
    """`IN (subquery)` that can also be asked row by row; the rows it finds are the same."""

    lookup_name = "reached"
    left_out = "TRUE"
    """What stands for it where rights are left out: so that no row is missing for want of one."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition in the form that is wanted at this moment."""
        form = _form.get()
        if form is _Form.SET or self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        if form is _Form.LEFT_OUT:
            return self.left_out, ()
        column, column_params = self.process_lhs(compiler, connection)
        rows, rows_params = self.process_rhs(compiler, connection)
        # The offset keeps the planner from reading the whole set into a hash table, which it would for many rows.
        # All parts were compiled by Django, with their values apart.
        found = f"SELECT 1 FROM {rows} AS reached (id) WHERE reached.id = {column} OFFSET 0"  # noqa: S608 - as said above
        return f"EXISTS ({found})", (*rows_params, *column_params)


@ForeignObject.register_lookup
class RelatedReached(Reached, RelatedIn):
    """The same of a foreign key."""


@Field.register_lookup
class ReachedUnderDenial(Reached):
    """The same in a condition that is denied, as "assigned, and not in conflict": it opens most where it finds none."""

    lookup_name = "reached_under_denial"
    left_out = "FALSE"


@ForeignObject.register_lookup
class RelatedReachedUnderDenial(ReachedUnderDenial, RelatedIn):
    """The same of a foreign key."""


def can_be_probed(rows: Q) -> Q:
    """Return the same condition, with each `…__in=<queryset>` in it written so that it can be asked row by row."""
    return _rewritten(rows, denials=0)


def _rewritten(rows: Q, *, denials: int) -> Q:
    denials += rows.negated
    children = [_child(child, denials=denials) for child in rows.children]
    if all(new is old for new, old in zip(children, rows.children, strict=True)):
        # Some conditions are known by who they are.
        return rows
    changed = Q(_connector=rows.connector, _negated=rows.negated)
    changed.children.extend(children)
    return changed


def _child(child: Any, *, denials: int) -> Any:
    if isinstance(child, Q):
        return _rewritten(child, denials=denials)
    if not isinstance(child, tuple):
        return child
    name, value = child
    if not name.endswith("__in") or not isinstance(value, QuerySet) or (denials and _may_hold_null(value)):
        return child
    # What is denied twice is asked for.
    return f"{name.removesuffix('in')}{'reached_under_denial' if denials % 2 else 'reached'}", value


def as_set(right: Any) -> Q | None:
    """Return one right of a condition as the list of rows it is, in whatever form queries are sent; None: it is none.

    What narrows such a list, as what a reader undertook not to see, stays beside it.
    """
    if isinstance(right, tuple):
        name, value = right
        is_list = name.endswith("__reached") and isinstance(value, QuerySet)
        return Q(**{f"{name.removesuffix('reached')}in": value}) if is_list else None
    if not isinstance(right, Q) or right.negated or right.connector != Q.AND:
        return None
    children = [as_set(child) for child in right.children]
    if not any(children):
        return None
    changed = Q()
    changed.children.extend(new or old for new, old in zip(children, right.children, strict=True))
    return changed


def _may_hold_null(rows: QuerySet[Any, Any]) -> bool:
    """Say whether a null may be among the values: where the condition is denied, it tells the two forms apart."""
    query = rows.query
    if len(query.select) != 1:
        # Whole rows stand for their primary keys.
        return query.values_select != () or bool(query.annotation_select)
    column = query.select[0]
    target = getattr(column, "target", None)
    joined = query.alias_map.get(getattr(column, "alias", ""))
    return target is None or target.null or getattr(joined, "join_type", None) == LOUTER
