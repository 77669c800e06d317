"""Whatever a refusal says is said in Chinese too: each sentence at each place that refuses, with the same values."""

import ast
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib import import_module

from django.apps import apps
from django.conf import settings

from platform_core.chinese import FILE, HOLE, Template, _compiled, catalogues
from platform_core.lifecycle import Lifecycle
from tests.architecture.rules import ROOT
from tests.architecture.sentences import ROOMS, problem_kinds, said_in, sentences, text_of, unread

PASSES_ON = {
    "licensing/bundles/reading.py": "rows that are refused, told by code",
    "licensing/bundles/services.py": "rows that differ",
    "licensing/close/services/calculating.py": "why a job ended, which is recorded",
    "licensing/close/services/runs.py": "how a period is written",
    "licensing/distribution/exchange/services.py": "what the reading of a file said",
    "licensing/distribution/services/calculating.py": "why a job ended, which is recorded",
    "licensing/distribution/services/runs.py": "why a job ended",
    "licensing/close/services/queueing.py": "why a job ended",
    "licensing/engine/compute.py": "mistakes in terms",
    "licensing/engine/terms/values.py": "what only_with was given",
    "licensing/payments/api/accounts.py": "what the payment service refused",
    "licensing/openlicences/policies.py": "the authority that contracts take, which licensing.direct says",
    "licensing/cutover/reading.py": "mistakes of a table, as a close tells those of a bundle",
    "licensing/cutover/tables.py": "mistakes of a table, as a close tells those of a bundle",
    "licensing/payments/api.py": "what the payment service refused",
    "licensing/payments/services/working.py": "what the payment service said, which is recorded",
    "licensing/reports/api.py": "how a period is written",
    "licensing/reports/services/filing.py": "mistakes in lines",
    "licensing/reports/api/asking.py": "how a period is written",
    "licensing/reports/services/checking.py": "mistakes in lines, and what the reading of a workbook said",
    "licensing/terms/checking.py": "mistakes in terms",
    "licensing/terms/services.py": "mistakes in terms",
    "platform/platform_core/access/kernel.py": "the words of guards",
    "platform/platform_core/api/problems.py": "what Django and its REST framework say",
    "platform/platform_core/database_rules.py": "what a migration is not undone for, told at the command line",
    "platform/platform_core/checks.py": "what `wrong` was given",
    "platform/platform_core/connections/file_drop.py": "what the reading of a file said",
    "platform/platform_core/connections/services/ending.py": "how a run ended, read where it ended",
    "platform/platform_core/connections/services/running.py": "what a connector said",
    "platform/platform_core/identity/merging.py": "what stands against a merger",
    "platform/platform_core/jobs/rescue.py": "why a job ended",
    "platform/platform_core/jobs/services.py": "why a job ended",
    "platform/platform_core/jobs/tasks.py": "what refused the work of a job",
    "platform/platform_core/messaging/services.py": "why a message could not be sent",
    "platform/platform_core/problems.py": "what was given",
    "platform/platform_core/treasury/reading.py": "what was wrong with a line",
    "platform/platform_core/treasury/selectors.py": "what the reading of a statement said",
    "platform/platform_core/signin/invitations.py": "what Django says of passwords",
    "platform/platform_core/signin/lockout.py": "seconds to wait",
    "platform/platform_core/webhooks/services.py": "what is wrong with an address, or why a call came to nothing",
    "pools/patents/formats/office_xml.py": "flaws of numbers",
    "pools/patents/formats/tables.py": "flaws of numbers",
    "pools/patents/lookups/asking.py": "what was wrong with an answer",
    "pools/patents/numbers/results.py": "what `unreadable` was given",
}
"""Modules that refuse in words from elsewhere, where these are read, or have their Chinese from."""

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


def test_words_that_come_from_elsewhere_are_looked_after_there() -> None:
    assert unread() - PASSES_ON.keys() == set(), (
        "the test above cannot read what these say: write it where it is raised"
    )


def test_kinds_of_records_states_and_steps_have_a_word() -> None:
    known = {english for _room, english, _chinese in entries("words")}
    kinds = {str(model._meta.verbose_name) for model in apps.get_models() if _is_ours(model.__module__)}
    # Whatever else was tried before, all there is of ours is known: the addresses bring it.
    import_module(settings.ROOT_URLCONF)
    modules = [name for name in list(sys.modules) if _is_ours(name)]
    cycles = {cycle for name in modules for cycle in vars(sys.modules[name]).values() if isinstance(cycle, Lifecycle)}
    assert len(kinds) > 50
    assert len(cycles) > 6
    steps = {step for cycle in cycles for step in cycle}
    states = {str(state) for cycle in cycles for state in cycle.states}
    assert sorted((kinds | steps | states) - known) == []


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in settings.CHINESE_SENTENCES


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
        assert HAN.search(chinese), (room, english)


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
        "def store(run, rejects, name):\n"
        "    run.status, run.message = 'failed', f'It failed ({name}).'\n"
        "    rejects.add('f', 1, 'c', 'code', 'v', f'{name} is there twice')\n"
        "    found.add('f', 1, 'c', 'code', 'v', 'nothing that is told')\n"
        "    raise (Late if name else Early)('It came too early.')\n"
        "def read(line):\n"
        "    raise UnreadableError(line, 'is empty')\n"
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
        "It failed ({0}).",
        "{0} is there twice",
        "It came too early.",
        "{0} is empty",
    }
