"""The whole table asked: what somebody gets at a route for the object in each relation."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from rest_framework.response import Response

from tests.api.matrix.asking import REFUSALS, Asker, ask, done_with, verdict, writes_noted
from tests.api.matrix.kept import Samples

HERE = Path(__file__).parent
QUESTIONS = tomllib.loads((HERE / "questions.toml").read_text(encoding="utf-8"))

NOT_LISTED = "-"
"""A list that is given, without the object."""


@dataclass(frozen=True)
class Question:
    """One route, what it is about, and what is sent."""

    route: str
    kind: str
    body: dict[str, Any]
    form: bool

    @property
    def method(self) -> str:
        return self.route.split(" ", 1)[0]

    @property
    def address(self) -> str:
        return self.route.split(" ", 1)[1]

    @property
    def is_list(self) -> bool:
        """Whether it is a list of objects of its kind, in which each is looked for."""
        return self.method == "GET" and self.address in QUESTIONS["kinds"] and bool(self.kind)


def question(route: str) -> Question:
    """Return what is asked at a route; a route of an unknown kind fails."""
    address = route.split(" ", 1)[1]
    kind = QUESTIONS["of"].get(route)
    if kind is None:
        place = address
        while place not in QUESTIONS["kinds"]:
            if "/" not in place:
                raise AssertionError(
                    f"{route}: say in tests/api/matrix/questions.toml what kind of object it is about, and what is sent"
                )
            place = place.rsplit("/", 1)[0]
        kind = QUESTIONS["kinds"][place]
    form = route in QUESTIONS["forms"]
    body = QUESTIONS["forms"][route] if form else QUESTIONS["bodies"].get(route, {})
    return Question(route, kind, body, form)


@dataclass(frozen=True)
class Answer:
    """What came back for one object, and which tables were written to although it was refused."""

    relation: str
    verdict: str
    written: tuple[str, ...] = ()


def everything(route: str, name: str, relation: str) -> bool:
    """Choose every combination."""
    return True


def answers(
    one: Question, asker: Asker, samples: Samples, chosen: Callable[[str, str, str], bool] = everything
) -> Iterator[Answer]:
    """Ask a route as somebody about the chosen objects of its kind; whatever it changes is rolled back."""
    found = samples.of(one.kind, asker)
    if one.is_list:
        # One answer tells of all its objects.
        if not chosen(one.route, asker.name, ""):
            return
        response = ask(asker, one.route, f"{one.address}?limit=200")
        word = verdict(response)
        listed = {str(row["id"]) for row in _items(asker, one, response)} if word == "ok" else set()
        for relation, sample in found.items():
            yield Answer(relation, word if word != "ok" or str(sample.pk) in listed else NOT_LISTED)
        return
    for relation, sample in found.items():
        if not chosen(one.route, asker.name, relation):
            continue
        address = one.address.replace("{subject_type}", sample._meta.label_lower)
        address = re.sub(r"\{\w+\}", str(sample.pk), address)
        with transaction.atomic():
            if one.method == "GET":
                response = ask(asker, one.route, address)
                yield Answer(relation, verdict(response))
            else:
                tag = _tag(asker, one, address)
                body = _filled(one.body, {**samples.values, "id": str(sample.pk)})
                with writes_noted() as written:
                    response = ask(asker, one.route, address, body=body, form=one.form, tag=tag)
                word = verdict(response)
                yield Answer(relation, word, tuple(written) if word in REFUSALS else ())
            done_with(response)
            transaction.set_rollback(True)


def _items(asker: Asker, one: Question, response: Response) -> Iterator[dict[str, Any]]:
    while True:
        yield from response.data["items"]
        after = response.data["next"]
        if after is None:
            return
        response = ask(asker, one.route, f"{one.address}?limit=200&after={after}")


_SENT_AS_READ = (
    "close-runs/",
    "direct-licences/",
    "open-declarations/",
    "distribution-runs/",
    "claim-charts/",
    "member-invoices/",
)
"""Addresses below which steps name the version that was read."""


def _tag(asker: Asker, one: Question, address: str) -> str:
    """Return the version the asker would have read before the change, if it could."""
    if one.method not in ("PATCH", "PUT") and not one.address.startswith(_SENT_AS_READ):
        return ""
    parts = address.split("/")
    place = "/".join(parts[:2]) if one.method == "POST" else address
    try:
        response = ask(asker, "GET", place)
    except Exception:
        return "*"
    return response.headers.get("ETag", "*")


def _filled(body: Any, values: dict[str, str]) -> Any:
    match body:
        case dict():
            return {name: _filled(value, values) for name, value in body.items()}
        case list():
            return [_filled(value, values) for value in body]
        case str() if body.startswith("$") and body != "$file":
            return values[body[1:]]
    return body
