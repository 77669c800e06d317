"""What refusals say, and sentences of ours that are stored: read from the code, with their values as holes."""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tests.architecture.rules import ROOT, sources

ROOMS: Final = ("platform/platform_core", "platform/platform_site", "members", "pools", "licensing")

MESSAGE_AT: Final[Mapping[str, tuple[int, ...]]] = {
    "invalid": (2,),
    "FieldError": (2,),
    "wrong": (2, 1),
    "only_with": (2,),
    "refuse": (4,),
    "Guard": (1,),
    "refused_if_any": (2,),
    "rejects.add": (5,),
    "fault": (4,),
    "UnreadableError": (1,),
    "UnreadableFile": (1,),
    "NoDay": (0,),
    "_NoLine": (0,),
    "Mistake": (1,),
    "BadMapping": (1,),
    "Flaw": (1,),
    "unreadable": (2,),
    "Refusal": (3,),
    "Doubt": (2,),
    "doubt": (2,),
    "fail": (2,),
    "_end_job": (2,),
    "end_calculation": (1,),
    "_note_attempt": (2,),
    "note": (2,),
    "_turn_away": (3,),
    "_lose": (1,),
    "_count_failed": (2,),
    "end_run": (),
    "_end_with": (1,),
    "pause_by_itself": (),
}
"""Which argument is the sentence: of what makes the error of a field, a guard, a rejected row, a flaw or doubt of what
a file tells, or the end of a job.

Of a problem it is the first one.
"""

STORED_AS: Final = frozenset({"message", "error", "disabled_reason"})
"""Fields of records that keep a sentence of ours; none of another kind has such a name."""

TOLD_LATER: Final = frozenset({"ExportError", "ResultsError", "TimeUp", "Unreachable", "NotNow", "Never"}) | {
    "ConnectorProblem",
    "CredentialsRefused",
    "BreakOff",
    "Damaged",
    "_Unreachable",
}
"""Errors that are caught, and whose text is stored as why something came to nothing."""

PASSED_ON: Final[Mapping[str, str]] = {
    "platform/platform_core/webhooks/sending.py": "{}",
    "licensing/reports/calculation/lines.py": "{}",
    "licensing/reports/calculation/periods.py": "{}",
    "licensing/engine/cells.py": "{0} {}",
}
"""Modules whose ValueError is told as it is, and what stands before it."""

PREFIXED: Final = "licensing/engine/terms/"
"""What is wrong in terms is told after its place in the document."""

OF_OPERATORS: Final = ("platform/platform_site/environment/", "platform/platform_site/database/")
"""What these say is said on a terminal."""

Template = tuple[str | None, ...]
"""The fixed parts of a sentence, None for each value."""

HOLE: Final[Template] = (None,)


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it is said."""

    text: str
    place: str


def sentences(rooms: tuple[str, ...] = ROOMS) -> Iterator[Sentence]:
    """Yield each sentence that a refusal may carry, as `Name {0} before {1}.`, and where it is said."""
    modules = [(place, tree) for place, tree in sources(ROOT, of=rooms) if not place.startswith(OF_OPERATORS)]
    kinds = problem_kinds([tree for _place, tree in modules]) | TOLD_LATER
    for place, tree in modules:
        raised = frozenset({"ValueError"} if place in PASSED_ON else ())
        for line, template in said_in(tree, kinds | raised):
            if any(re.search("[A-Za-z]", part or "") for part in template):
                yield Sentence(text_of(_as_told(template, place)), f"{place}:{line}")


def unread(rooms: tuple[str, ...] = ROOMS) -> set[str]:
    """Return the modules that refuse in words which are not to be read from them, having them from elsewhere."""
    modules = [(place, tree) for place, tree in sources(ROOT, of=rooms) if not place.startswith(OF_OPERATORS)]
    kinds = problem_kinds([tree for _place, tree in modules])
    return {place for place, tree in modules if any(template == HOLE for _line, template in said_in(tree, kinds))}


def _as_told(template: Template, place: str) -> Template:
    if place.startswith(PREFIXED):
        return joined([None, ": ", *template])
    if PASSED_ON.get(place, "{}") != "{}":
        return joined([None, " ", *template])
    return template


def _about(name: str, template: Template) -> Template:
    """Put what a sentence is about where it is told: a file before it, the bucket after it."""
    if name == "UnreadableError":
        return joined([None, " ", *template])
    if name == "NoDay":
        # Told as a sentence of its own where it is caught.
        return joined([*template, "."])
    return joined([*template, " (", None, ")"]) if name == "fault" else template


def problem_kinds(trees: list[ast.Module]) -> frozenset[str]:
    """Return the names of `Problem` and of every class that goes back to it."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    kinds = {"Problem", "ValidationError"}
    while found := {node.name for node in classes if kinds & {_name(base) for base in node.bases}} - kinds:
        kinds |= found
    return frozenset(kinds)


def said_in(tree: ast.Module, kinds: frozenset[str]) -> Iterator[tuple[int, Template]]:
    """Yield the sentences of a module with their lines; one that is nothing but a value has no fixed part."""
    for scope, bases in _scopes(tree):
        reader = _Reader(tree, scope)
        for node in _own_nodes(scope):
            if isinstance(node, ast.Call) and (said := _sentence_of(node, bases, kinds)) is not None:
                name = _name(node.func)
                yield from ((node.lineno, _about(name, template)) for template in reader.templates(said))
            elif isinstance(node, ast.Assign) and (stored := _stored(node)) is not None:
                yield from ((node.lineno, template) for template in reader.templates(stored))
            elif isinstance(node, ast.ClassDef) and kinds & {_name(base) for base in node.bases}:
                yield from ((line, (title,)) for line, title in _titles(node))


def text_of(template: Template) -> str:
    """Write a template with its holes numbered in order."""
    numbers = itertools.count()
    return "".join(f"{{{next(numbers)}}}" if part is None else part for part in template)


def _sentence_of(call: ast.Call, bases: frozenset[str], kinds: frozenset[str]) -> ast.expr | None:
    name = _name(call.func)
    if name in kinds or (_is_initial(call) and bases & kinds):
        return call.args[0] if call.args else _keyword(call, "detail")
    if name in MESSAGE_AT and (given := _keyword(call, "message")) is not None:
        return given
    # Much is added to; what is added to rejects is told.
    places = MESSAGE_AT.get("rejects.add" if ast.unparse(call.func).endswith("rejects.add") else name, ())
    return next((call.args[at] for at in places if at < len(call.args)), None)


def _stored(node: ast.Assign) -> ast.expr | None:
    """Return what is put into a field that keeps a sentence, also where several are filled at once."""
    for target in node.targets:
        pairs: list[tuple[ast.expr, ast.expr]] = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=True))
        for field, value in pairs:
            if isinstance(field, ast.Attribute) and field.attr in STORED_AS:
                return value
    return None


def _is_initial(call: ast.Call) -> bool:
    return ast.unparse(call.func) == "super().__init__"


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.IfExp):
        return _name(node.body)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _titles(node: ast.ClassDef) -> Iterator[tuple[int, str]]:
    for part in node.body:
        if isinstance(part, ast.Assign | ast.AnnAssign) and isinstance(part.value, ast.Constant):
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            if "title" in map(_name, targets):
                yield part.lineno, str(part.value.value)


def _scopes(tree: ast.Module) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Yield the module and its functions, each with what the class it stands in goes back to."""
    yield tree, frozenset()
    bases = {
        part: frozenset(_name(base) for base in node.bases)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for part in node.body
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, bases.get(node, frozenset())


def _own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting.extend(ast.iter_child_nodes(node))


class _Reader:
    """Reads what an expression may say, following names and functions of the same module."""

    def __init__(self, tree: ast.Module, scope: ast.AST) -> None:
        self.tree, self.scope = tree, scope
        self.seen: set[str] = set()

    def templates(self, node: ast.expr | None) -> list[Template]:
        """Return every sentence that an expression may be."""
        match node:
            case ast.Constant(value=str() as text):
                return [(text,)]
            case ast.JoinedStr():
                return [joined([part for piece in node.values for part in self._piece(piece)])]
            case ast.IfExp():
                return [*self.templates(node.body), *self.templates(node.orelse)]
            case ast.BoolOp():
                return [template for value in node.values for template in self.templates(value)]
            case ast.BinOp(op=ast.Add()):
                return [
                    joined([*left, *right])
                    for left in self.templates(node.left)
                    for right in self.templates(node.right)
                ]
            case ast.Name():
                return self._assigned(node.id)
            case ast.Subscript(value=ast.Name(id=name)):
                return [t for table in self._values(name) for t in self._entries(table)]
            case ast.Call(func=ast.Name(id=name)):
                return self._returned(name)
        return [HOLE]

    def _piece(self, piece: ast.expr) -> Template:
        return (str(piece.value),) if isinstance(piece, ast.Constant) else HOLE

    def _assigned(self, name: str) -> list[Template]:
        if name in self.seen:
            return [HOLE]
        self.seen.add(name)
        found = [template for value in self._values(name) for template in self.templates(value)]
        self.seen.discard(name)
        return found or [HOLE]

    def _values(self, name: str) -> list[ast.expr]:
        """Return what a name is given where it is used, or else in the module."""
        for scope in (self.scope, self.tree):
            values = [
                node.value
                for node in _own_nodes(scope)
                if (isinstance(node, ast.Assign) and name in {_name(target) for target in node.targets})
                or (isinstance(node, ast.AnnAssign | ast.NamedExpr) and _name(node.target) == name)
            ]
            if any(values):
                return [value for value in values if value]
        return []

    def _entries(self, table: ast.expr) -> list[Template]:
        return [t for value in table.values for t in self.templates(value)] if isinstance(table, ast.Dict) else [HOLE]

    def _returned(self, name: str) -> list[Template]:
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                inner = _Reader(self.tree, node)
                return [
                    template
                    for part in _own_nodes(node)
                    if isinstance(part, ast.Return)
                    for template in inner.templates(part.value)
                ]
        return [HOLE]


def joined(parts: list[str | None]) -> Template:
    """Put fixed parts that follow one another into one."""
    found: list[str | None] = []
    for part in parts:
        if part is not None and found and found[-1] is not None:
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)
