"""Asking EPO's services for the patents of an alliance, part by part, and handing over what they say of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from platform_core.clock import today
from platform_core.connections.registry import BreakOff, ConnectorProblem, Fetching
from platform_core.jobs.running import Interrupted, Stopped
from platform_core.session_locks import alone_with
from pools.patents.lookups.answers import DOCUMENT, MEMBER, AnswerFile, Document, joined, read_documents
from pools.patents.lookups.client import Damaged, InvalidReference, OpsClient, TooMuch, Unknown, account_of
from pools.patents.models import Difference, DifferenceState, Patent
from pools.patents.models.records import Source
from pools.patents.numbers import PatentNumber, Stage, read_number

BATCH: Final = 100
"""Numbers of one call, as many as OPS takes."""
MOST_REQUESTS: Final = 500
"""Calls of one run; the next one goes on."""
LARGEST_PART: Final = 100_000_000
"""Bytes of one file; what comes behind it is handed over in another one."""
AFTER_OTHERS: Final = timedelta(minutes=5)
TRIES_OF_DAMAGED: Final = 2
DAMAGED_IN_A_ROW: Final = 2
"""Questions in a row whose answers are damaged before the service is taken for broken."""

MORE: Final = "There is more to ask than one run asks: the next one goes on."
OTHER_ASKS: Final = "Another connection asks with the same account: this one goes on after it."
BROKEN: Final = "The office's answers are damaged, one after the other: it is tried again later."

Form = tuple[str, str]
"""What a number is (publication or application), and how it is written (docdb or epodoc)."""


@dataclass(slots=True)
class Asked:
    """A patent that is asked for: by which number, and what came."""

    patent: Patent
    number: PatentNumber
    form: Form
    documents: list[Document] = field(default_factory=list)
    members: list[Document] = field(default_factory=list)
    is_damaged: bool = False

    @property
    def reference(self) -> str:
        """The number as OPS takes it."""
        return self.number.epodoc if self.form[1] == "epodoc" else self.number.docdb.replace(" ", ".")


def asked_patents(fetching: Fetching) -> "QuerySet[Patent]":
    """Return the patents that a connection asks for, among those that whoever keeps it may see."""
    connection = fetching.connection
    rows = Patent.objects.visible_to(fetching.actor).filter(alliance=connection.alliance_id)
    match connection.settings.get("ask_for"):
        case "country":
            rows = rows.filter(country=connection.settings["country"])
        case "differences":
            still_open = Difference.objects.filter(patent=OuterRef("pk"), state=DifferenceState.OPEN)
            rows = rows.filter(Exists(still_open))
    return rows.order_by("pk")


def ask_ops(fetching: Fetching, *, address: str) -> None:
    """Ask for patents where the last run left off, and hand over what came, however far it got."""
    with alone_with(account_of(fetching.secret, address=address)) as is_alone:
        if not is_alone:
            # The distance between calls is kept for an account, and so by one run at a time.
            raise BreakOff(OTHER_ASKS, until=fetching.now() + AFTER_OTHERS)
        with OpsClient(fetching, address=address) as client:
            lookup = Lookup(fetching, client)
            try:
                lookup.ask_all()
            except (ConnectorProblem, Stopped, Interrupted, KeyboardInterrupt):
                # Whatever came before is whole, and was paid for out of the quota.
                lookup.hand_over()
                raise
            else:
                lookup.hand_over()
            finally:
                lookup.answers.close()


class Lookup:
    """One run of questions."""

    def __init__(self, fetching: Fetching, client: OpsClient) -> None:
        self.fetching, self.client, self.tally = fetching, client, fetching.tally
        self.rows = asked_patents(fetching)
        self.behind: str | None = (fetching.position or {}).get("behind")
        self.size: int = (fetching.position or {}).get("size", BATCH)
        """Numbers of the next call: fewer where a run came to its end over a batch that had to be asked in halves."""
        self.was_halved = False
        self.answers = AnswerFile(fetching.folder / "answers.xml")
        self.damaged_in_a_row = 0

    def ask_all(self) -> None:
        """Ask until there is no more to ask, or no more time."""
        while batch := self._next():
            self._check()
            self.was_halved = False
            try:
                self._ask(batch)
            except BreakOff:
                if self.was_halved:
                    self.size = max(1, len(batch) // 2)
                raise
            self.size = min(BATCH, self.size * 2)

    def hand_over(self) -> None:
        """Have taken in what came, together with where to go on."""
        position = {
            **({"behind": self.behind} if self.behind else {}),
            **({"size": self.size} if self.size < BATCH else {}),
        }
        if not self.answers.size:
            self.fetching.keep_position(position or None)
            return
        self.answers.close()
        connection = self.fetching.connection
        day = today(self.fetching.actor.clock, connection.alliance.zone)
        self.fetching.take(
            self.answers.path,
            name=f"EPO OPS {day}.xml",
            choices={"source_kind": str(Source.Kind.OFFICE)},
            position=position or None,
        )

    def _next(self) -> list[Patent]:
        rows = self.rows if self.behind is None else self.rows.filter(pk__gt=UUID(self.behind))
        return list(rows[: self.size])

    def _check(self) -> None:
        self.fetching.check()
        if self.fetching.is_over() or self.tally.requests >= MOST_REQUESTS:
            raise BreakOff(MORE, until=self.fetching.now())

    def _ask(self, batch: Sequence[Patent]) -> None:
        """Ask for the records of all patents of a batch at once, then for the families of each; note each when done."""
        asked = {patent.pk: one for patent in batch if (one := self._by_number(patent)) is not None}
        groups: dict[Form, list[Asked]] = {}
        for one in asked.values():
            groups.setdefault(one.form, []).append(one)
        for group in groups.values():
            self._records(group)
        for patent in batch:
            if (one := asked.get(patent.pk)) is not None:
                if one.documents and not one.members and self.fetching.connection.settings.get("legal", True):
                    self._check()
                    self._family(one, list(asked.values()))
                self._note(one)
            self.behind = str(patent.pk)
            if self.answers.size >= LARGEST_PART:
                self.hand_over()

    def _by_number(self, patent: Patent) -> Asked | None:
        for text, stage, what in (
            (patent.publication, Stage.PUBLICATION, "publication"),
            (patent.application, Stage.APPLICATION, "application"),
        ):
            number = read_number(text, stage=stage) if text else None
            # A right that a European patent led to is no document of its own: the office would answer for another.
            if number is not None and number.is_valid and number.docdb and number.office == patent.country:
                return Asked(patent, number, (what, "docdb" if number.kind else "epodoc"))
        self.tally.note(patent.publication, "no_number", "It has no number by which this office could be asked.")
        return None

    def _note(self, one: Asked) -> None:
        self.tally.asked += 1
        if one.documents:
            self.tally.answered += 1
            self.answers.add(joined(one.documents, one.members))
        elif not one.is_damaged:
            self.tally.unknown += 1
            self.tally.note(one.reference, "unknown", "The office has no such number.")

    def _records(self, group: Sequence[Asked]) -> None:
        """Ask for the records of a group of patents whose numbers are of one form."""
        what, form = group[0].form
        self._check()
        try:
            for document in self._documents(
                f"/published-data/{what}/{form}/biblio", DOCUMENT, "retrieval", [one.reference for one in group]
            ):
                self._assign(document, group)
        except Unknown:
            return
        except (InvalidReference, TooMuch) as problem:
            if len(group) > 1:
                self.was_halved = True
                middle = len(group) // 2
                self._records(group[:middle])
                self._records(group[middle:])
            elif isinstance(problem, TooMuch):
                self._lose(group, "The answer is larger than is taken.")
        except Damaged as problem:
            self._lose(group, str(problem))
            self._count_damaged()

    def _family(self, one: Asked, batch: Sequence[Asked]) -> None:
        """Ask for the family of a patent with its legal events, which serves all of the family in the batch."""
        number = one.documents[0].publication
        reference = number.docdb.replace(" ", ".")
        try:
            members = self._documents(f"/family/publication/docdb/{reference}/legal", MEMBER, "inpadoc", ())
        except (Unknown, InvalidReference):
            self.tally.note(reference, "no_family", "The office has no family and no legal events of it.")
            return
        except TooMuch:
            self.tally.note(reference, "no_family", "Its family is larger than is taken.")
            return
        except Damaged as problem:
            self.tally.note(reference, "damaged", str(problem))
            self._count_damaged()
            return
        for member in members:
            for other in batch:
                if _is_of(member, other) and all(
                    member.publication.canonical != known.publication.canonical for known in other.members
                ):
                    other.members.append(member)

    def _documents(self, path: str, name: str, service: str, numbers: Sequence[str]) -> list[Document]:
        """Ask, once more where the answer is damaged, and return the documents of the answer."""
        for attempt in range(1, TRIES_OF_DAMAGED + 1):
            try:
                answer = self.client.ask(path, service=service, numbers=numbers)
                found = read_documents(answer, name, self.fetching.folder)
            except Damaged:
                if attempt == TRIES_OF_DAMAGED:
                    raise
            else:
                self.damaged_in_a_row = 0
                return found
        raise AssertionError("the last try raised")

    def _assign(self, document: Document, group: Sequence[Asked]) -> None:
        canonical = document.publication.canonical
        for one in group:
            if _answers(document, one):
                if all(known.publication.canonical != canonical for known in one.documents):
                    one.documents.append(document)
                return
        self.tally.failed += 1
        self.tally.note(canonical, "not_asked", "The office answered for a number that was not asked for.")

    def _lose(self, group: Sequence[Asked], why: str) -> None:
        self.tally.failed += len(group)
        for one in group:
            one.is_damaged = True
            self.tally.note(one.reference, "damaged", why)

    def _count_damaged(self) -> None:
        self.damaged_in_a_row += 1
        if self.damaged_in_a_row >= DAMAGED_IN_A_ROW:
            raise ConnectorProblem(BROKEN)


def _answers(document: Document, one: Asked) -> bool:
    """Say whether a document is of what was asked for: the very publication, or any of the application."""
    if one.form[0] == "application":
        return document.application == one.number.key
    if one.number.kind:
        return document.publication.canonical == one.number.canonical
    return document.publication.key == one.number.key


def _is_of(member: Document, one: Asked) -> bool:
    """Say whether a member of a family is a publication of the patent that was asked for."""
    if any(document.publication.key == member.publication.key for document in one.documents):
        return True
    # Offices that number grants anew have one right under two numbers, and its events stand with either.
    return bool(member.application) and any(document.application == member.application for document in one.documents)
