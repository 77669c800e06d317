"""Finding the Chinese of a sentence: by its fixed parts, with the values of the reader left as they are."""

import logging
import time

import pytest

from platform_core.chinese import compiled, in_chinese

SENTENCES = compiled(
    [
        {
            "sentences": {
                "Nothing.": "没有。",
                "Name {0} before {1}.": "在 {1} 之前写明 {0}。",
                "Name {0}.": "写明 {0}。",
                "“{0}” waits for {1}.": "“{0}”等待{1:word}。",
                "{0} since then.": "此后{0:word}。",
                "The file {0}.": "文件{0:word}。",
            },
            "parts": {"Records changed ({0})": "有变更（{0:word}）"},
        },
        {"words": {"in force": "有效", "draft": "草稿", "pools": "专利池"}},
    ]
)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Nothing.", "没有。"),
        ("Name A before B.", "在 B 之前写明 A。"),
        ("Name A.", "写明 A。"),
        # Values that mean something to a regular expression, or look like a hole.
        ("Name a.*(b)[c]\\1 before $^|?.", "在 $^|? 之前写明 a.*(b)[c]\\1。"),
        ("Name {1} before {0}.", "在 {0} 之前写明 {1}。"),
        ("Name two\nlines.", "写明 two\nlines。"),
        # Names that people gave: Chinese ones, such as look like our words, such as look like our sentences.
        ("Name 联池科技（深圳） before 丙.", "在 丙 之前写明 联池科技（深圳）。"),
        ("“in force” waits for in force.", "“in force”等待有效。"),
        ("Name Nothing..", "写明 Nothing.。"),
        ("Name .", "写明 。"),
        # Values that are words themselves.
        ("“x” waits for in force, draft or 甲.", "“x”等待有效、草稿、甲。"),
        ("“x” waits for “draft”, “in force”.", "“x”等待“草稿”、“有效”。"),
        ("“x” waits for something else.", "“x”等待something else。"),
        ("Records changed (pools, draft) since then.", "此后有变更（专利池、草稿）。"),
    ],
)
def test_a_sentence_is_said_in_chinese_with_its_values(english: str, chinese: str) -> None:
    assert SENTENCES.chinese(english) == chinese


@pytest.mark.parametrize("text", ["", "Nothing", "nothing.", "Nothing. And more.", "Say Name A.", "已经是中文。"])
def test_what_is_no_sentence_of_ours_stays_as_it_is(text: str) -> None:
    assert SENTENCES.chinese(text) == text


def test_a_long_text_is_not_searched_at_length() -> None:
    began = time.perf_counter()
    assert in_chinese("x. y" * 20_000).isascii()
    assert time.perf_counter() - began < 0.5


def test_what_has_no_chinese_is_noted_quietly(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "platform_core.chinese"):
        SENTENCES.chinese("Nobody wrote this down")
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "“post” is not possible while this is “calculated”; it is possible from: “approved”.",
            "当前状态为“待审批”，不能执行“入账”；可执行该步骤的状态：“待入账”。",
        ),
        ("This must be on or after 2025-01-31.", "须不早于 2025-01-31。"),
        ("There is no such close run, or you may not see it.", "没有该结算，或您无权查看。"),
        (
            "Reports were filed since this was calculated: have the run calculated again.",
            "计算之后有新的报告申报：请重新计算该结算。",
        ),
        (
            "Records changed (patents, fx) since this was calculated: have the run calculated again.",
            "计算之后有记录发生变更（专利、汇率）：请重新计算该结算。",
        ),
        ("The report has 1 mistake; nothing was filed.", "报告有 1 处错误，未予申报。"),
        (
            "The report has 2000 mistakes; nothing was filed. The first 100 are listed.",
            "报告有 2000 处错误，未予申报。以下列出前 100 处。",
        ),
        (
            "They have different unified social credit codes, so they are two. If one is a mistake, correct it first. "
            "Somebody has a seat at both organisations: end one of the two first. "
            "Workings of a statement were told to the one that goes. Merge the other way round; if both were told "
            "some, they stay two.",
            "两者的统一社会信用代码不同，因此是两个组织。如其中一个有误，请先更正。"
            "有人在两个组织都有席位：请先结束其中一个。"
            "被并入的一方已获知分配结算单的金额构成。请反向合并；如双方均已获知，则须保留为两个组织。",
        ),
        ("units must be above 0 and at most 1", "units 须大于 0 且不超过 1"),
        ("rates[0].bands: must be above 0", "rates[0].bands：须大于 0"),
        ("tariff: must have exactly one of flat, bands; found none", "tariff：须恰有以下之一：flat, bands；现无"),
        (
            "Two independent people have to take part in close_run.approval at JY: 王伟, 李娜, who are tied to the "
            "same party; an independent person as finance or approver of closes is missing. Nothing is begun or "
            "decided before.",
            "须有两名相互独立的人参与：JY 的审批结算：目前有 王伟, 李娜，均与同一方存在关系；"
            "缺少一名独立的财务、结算审批人。在此之前不能开始或作出决定。",
        ),
        (
            "Two independent people have to take part in membership.admission: nobody, and nobody else; an independent "
            "person as secretariat is missing. close_run.approval at JY: 王伟, and nobody else; an independent "
            "person as finance is missing. Nothing is begun or decided before.",
            "须有两名相互独立的人参与：接纳成员：目前无人；缺少一名独立的秘书处。"
            "JY 的审批结算：目前只有 王伟；缺少一名独立的财务。在此之前不能开始或作出决定。",
        ),
    ],
)
def test_our_own_sentences_read_well(english: str, chinese: str) -> None:
    assert in_chinese(english) == chinese
