"""What the demonstration has put on record so far, who acts in it, and the clock they all act by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.clock import FixedClock
from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from platform_core.documents.storage import file_of
from platform_core.models import Record
from platform_site.demo.letters import Letter
from platform_site.demo.people import Person

ZONE: Final = ZoneInfo("Asia/Shanghai")


class Stage:
    """Ids of what is on record, by the names the demonstration has for it, and its people as actors."""

    def __init__(self) -> None:
        self.clock = FixedClock(datetime(2025, 3, 3, 9, 0, tzinfo=ZONE))
        self.organisations: dict[str, UUID] = {}
        self.seats: dict[str, UUID] = {}
        self.memberships: dict[str, UUID] = {}
        """Memberships by member id, and those applied for by the key of the firm."""
        self.alliance: UUID
        self.entity: UUID
        self._actors: dict[str, Actor] = {}
        self._papers: set[str] = set()

    def command_line(self) -> Actor:
        """Return whoever sets the platform up at the server."""
        return Actor.system(COMMAND_LINE, clock=self.clock)

    def acting(self, person: Person) -> Actor:
        """Return a person in the seat they have; its roles are looked up once, as they do not change meanwhile."""
        if person.email not in self._actors:
            self._actors[person.email] = actor_in_seat(self.seats[person.email], clock=self.clock)
        return self._actors[person.email]

    def attach(self, person: Person, to: type[Record], subject_id: UUID, letter: Letter) -> UUID:
        """Let a person hang a letter on what it is about, and return the id under which it is on record."""
        return self.attach_file(person, to, subject_id, letter.file(), title=letter.title).pk

    def attach_file(self, person: Person, to: type[Record], subject_id: UUID, file: NewFile, *, title: str) -> Document:
        """Let a person hang a file on what it is about."""
        document = add_document(
            actor=self.acting(person),
            subject_type=to._meta.label_lower,
            subject_id=subject_id,
            title=title,
            file=file,
        )
        self._papers.add(document.sha256)
        return document

    def forget_papers(self) -> None:
        """Remove the files of letters that did not come on record after all."""
        on_record = Document.objects.filter(sha256__in=self._papers).values_list("sha256", flat=True)
        for sha256 in self._papers.difference(on_record):
            file_of(sha256).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Scene:
    at: datetime
    label: str
    play: Callable[[], object]


class Script:
    """Scenes of different parts of the story, played in the order of their instants."""

    def __init__(self) -> None:
        self._scenes: list[_Scene] = []

    def add(self, day: date, at: str, label: str, play: Callable[[], object]) -> None:
        """Add what happens on a day at an hour such as 09:30 (Beijing); equal instants keep the order of adding."""
        self._scenes.append(_Scene(datetime.combine(day, time.fromisoformat(at), ZONE), label, play))

    def play(self, clock: FixedClock, progress: Callable[[int, int, str], None]) -> None:
        """Play all scenes, moving the clock from one to the next, and tell how many are done."""
        scenes = sorted(self._scenes, key=lambda scene: scene.at)
        for number, scene in enumerate(scenes, start=1):
            clock.set(scene.at)
            scene.play()
            progress(number, len(scenes), scene.label)
