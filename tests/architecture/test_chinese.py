"""Whatever a refusal says is said in Chinese too: each sentence at each place that refuses, with the same values."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator

from django.conf import settings

from platform_core.chinese import FILE, HOLE, Template, _compiled, catalogues
from tests.architecture.rules import ROOT
from tests.architecture.sentences import ROOMS, problem_kinds, said_in, sentences, text_of

HAN = re.compile(r"[\u4e00-\u9fff]")


def entries(*sections: str) -> Iterator[tuple[str, str, str]]:
    """Return what the rooms keep: the room, the English and the Chinese."""
    for room, catalogue in zip(settings.CHINESE_SENTENCES, catalogues(settings.CHINESE_SENTENCES), strict=True):
        for section in sections:
            yield from ((room, english, chinese) for english, chinese in catalogue.get(section, {}).items())


def test_every_sentence_of_a_refusal_has_its_chinese() -> None:
    known = {english for _room, english, _chinese in entries("sentences")}
    said = list(sentences())
    assert len({sentence.text for sentence in said}) > 350
    missing = [f"{sentence.place} {sentence.text}" for sentence in said if sentence.text not in known]
    assert missing == [], f"say these in Chinese in the room's {FILE}"


def test_no_sentence_is_kept_that_nobody_says() -> None:
    said = {sentence.text for sentence in sentences()}
    assert [english for _room, english, _chinese in entries("sentences") if english not in said] == []


def test_a_sentence_is_kept_by_a_room_that_says_it() -> None:
    places = [(sentence.text, sentence.place) for sentence in sentences()]
    for room, english, _chinese in entries("sentences"):
        folders = ("platform/" + room if room.startswith("platform_") else room) + "/"
        assert any(text == english and place.startswith(folders) for text, place in places), (room, english)


def test_the_chinese_is_chinese_and_has_exactly_the_values_of_the_english() -> None:
    for room, english, chinese in entries("sentences", "framework", "parts"):
        assert HAN.search(chinese), (room, english)
        asked, given = (Counter(number for number, _word in HOLE.findall(text)) for text in (english, chinese))
        assert asked == given, (room, english, chinese)
        assert ":word" not in english
    for room, english, chinese in entries("words"):
        assert HAN.search(chinese) or chinese == "Webhook", (room, english)


def test_what_ends_as_a_sentence_does_so_in_chinese() -> None:
    for room, english, chinese in entries("sentences"):
        if english.endswith("."):
            assert chinese.endswith(("。", "。{2:word}", "。{1:word}")) or english.endswith("{1}"), (room, chinese)


def test_no_word_is_said_in_two_ways() -> None:
    chinese_of: dict[str, str] = {}
    for room, english, chinese in entries("sentences", "framework", "parts", "words"):
        assert chinese_of.setdefault(english, chinese) == chinese, (room, english)


def test_each_sentence_is_found_as_itself_and_not_as_another() -> None:
    """A text made of a template, its values filled in, leads back to that template before any other."""
    templates: list[tuple[str, Template]] = [
        (english, _compiled(english, chinese))
        for _room, english, chinese in entries("sentences", "framework", "parts")
        if HOLE.search(english)
    ]
    templates.sort(key=lambda pair: pair[1].fixed, reverse=True)
    for english, _template in templates:
        text = HOLE.sub(lambda hole: f"值{hole[1]}", english)
        found = next(other for other, template in templates if template.pattern.fullmatch(text))
        assert found == english


def test_every_room_that_refuses_keeps_sentences() -> None:
    assert {room.rpartition("/")[2] for room in ROOMS} == set(settings.CHINESE_SENTENCES)
    for room in ROOMS:
        assert tomllib.loads((ROOT / room / FILE).read_text(encoding="utf-8"))["sentences"]


def test_it_would_notice() -> None:
    tree = ast.parse(
        "TOLD = {'once': Conflict('Once is enough.')}\n"
        "NEEDS = {1: 'Name it.', 2: 'Name both.'}\n"
        "class Late(Problem):\n"
        "    title = 'Too late'\n"
        "    def __init__(self, days):\n"
        "        super().__init__(f'{days} days too late.')\n"
        "def refuse(checks, name, count):\n"
        "    why = 'One.' if count == 1 else f'{count} of ' + name + ' are wrong.'\n"
        "    checks.wrong('name', 'bad', why)\n"
        "    raise invalid('/x', 'code', NEEDS[count])\n"
        "def told(other):\n"
        "    if other:\n"
        "        return 'Told.'\n"
        "    return f'Told {other}.'\n"
        "def go(other):\n"
        "    raise Late(detail=told(other))\n"
    )
    found = {text_of(template) for _line, template in said_in(tree, problem_kinds([tree]) | {"Conflict"})}
    assert found == {
        "Once is enough.",
        "Too late",
        "{0} days too late.",
        "One.",
        "{0} of {1} are wrong.",
        "Name it.",
        "Name both.",
        "Told.",
        "Told {0}.",
    }
