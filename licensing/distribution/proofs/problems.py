"""Why a file proves nothing, said in English and in Chinese."""

from typing import Final, Literal

Language = Literal["en", "zh"]

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "too_large": ("It is larger than {most} bytes.", "文件超过 {most} 字节。"),
    "not_text": ("It is not UTF-8 text.", "文件不是 UTF-8 文本。"),
    "cut_off": (
        "It cannot be read as JSON (character {at}): it was cut off or changed on its way.",
        "文件无法作为 JSON 读取（第 {at} 个字符处）：传送途中被截断或改动。",
    ),
    "too_deep": ("It is nested more deeply than any file of ours.", "文件嵌套层次过深，不是本平台的文件。"),
    "named_twice": ("“{name}” stands twice in one object.", "同一对象中“{name}”出现两次。"),
    "no_fractions": ("{value} is no whole number: proofs have none but these.", "{value} 不是整数：证明中只有整数。"),
    "number_too_long": ("A number has more than {most} digits.", "有一个数超过 {most} 位。"),
    "not_an_object": ("{place} is no object.", "{place} 不是对象。"),
    "missing": ("{place} lacks “{name}”.", "{place} 缺少“{name}”。"),
    "unknown": (
        "{place} has “{name}”, which no file of this version has.",
        "{place} 含有“{name}”，此版本的文件没有该项。",
    ),
    "other_kind": (
        "It is neither a published distribution nor a statement with a proof.",
        "文件既不是公布的分配付款，也不是附证明的分配结算单。",
    ),
    "not_published_kind": ("It is not a published distribution.", "文件不是公布的分配付款。"),
    "not_statement_kind": ("It is not a statement with a proof.", "文件不是附证明的分配结算单。"),
    "other_version": (
        "It is of version {version}, and this program reads version 1.",
        "文件为第 {version} 版，本程序只读第 1 版。",
    ),
    "bad_text": (
        "{place} must be a line of 1 to {most} characters that can be seen.",
        "{place} 应为 1 至 {most} 个可见字符的单行文本。",
    ),
    "bad_currency": ("{place} must be a currency of ISO 4217.", "{place} 应为 ISO 4217 货币代码。"),
    "bad_amount": (
        '{place} must be whole minor units as text, such as "-1250", and below 2^63 in size.',
        '{place} 应为以文本书写的最小货币单位整数，如 "-1250"，绝对值小于 2^63。',
    ),
    "bad_periods": (
        "{place} must name 1 to {most} periods, none twice.",
        "{place} 应列出 1 至 {most} 个期间，不得重复。",
    ),
    "bad_bytes": ("{place} must be {length} small hexadecimal digits.", "{place} 应为 {length} 位小写十六进制数字。"),
    "bad_scalar": (
        "{place} is no blinding: it is 0, or not below the order of the group.",
        "{place} 不是有效的盲化值：为 0 或不小于群的阶。",
    ),
    "bad_point": (
        "{place} is no commitment: it is not a point of the group in its only form.",
        "{place} 不是有效的承诺：不是群中唯一形式的点。",
    ),
    "bad_details": ("{place} cannot be kept: {why}.", "{place} 无法保存：{why}。"),
    "bad_rows": ("{place} must be a list of at most {most} rows.", "{place} 应为至多 {most} 行的列表。"),
    "not_in_order": (
        "The rows are not in the order of their labels, or a label stands twice.",
        "各行未按标签排序，或有标签重复。",
    ),
    "wrong_count": ("It says {count} payees and has {found} rows.", "文件称有 {count} 个收款方，实有 {found} 行。"),
    "too_few_payees": (
        "Among fewer than {fewest} payees nothing can be published: the total would tell one the other's amount.",
        "收款方不足 {fewest} 个的分配付款不能公布：合计会让一方得知另一方的金额。",
    ),
    "too_many_payees": (
        "A distribution among more than {most} cannot be proved.",
        "收款方超过 {most} 个的分配付款不能证明。",
    ),
    "payee_twice": (
        "{payee} has two statements: a payee has one in a distribution.",
        "{payee} 有两份结算单：一次分配付款中每个收款方只有一份。",
    ),
    "not_as_published": (
        "It says what was published, but is written differently: take the file as it was given out.",
        "内容与公布的一致，但书写形式不同：请使用原样发放的文件。",
    ),
    "does_not_add_up": (
        "The amounts do not add up to the {total} that were distributed.",
        "各金额之和不等于所分配的 {total}。",
    ),
    "no_such_row": ("The statement's row is not among those that were published.", "公布的各行中没有这份结算单的行。"),
    "other_amount": ("What was published for {payee} is not {amount}.", "为 {payee} 公布的金额不是 {amount}。"),
    "other_statement": (
        "What was published for this row is another statement: the payee, the amount or the details differ.",
        "该行公布的是另一份结算单：收款方、金额或明细不同。",
    ),
    "other_publication": (
        "The statement belongs to another publication than the one to compare with.",
        "该结算单所附的公布内容与所对照的不同。",
    ),
    "publications_differ": (
        "The statements do not belong to the same publication.",
        "这些结算单所附的公布内容并不相同。",
    ),
    "row_twice": ("Two statements claim the same row.", "有两份结算单对应同一行。"),
}
"""What each code says, in English and in Chinese, with the same values."""

PLACES: Final[dict[str, str]] = {"the file": "文件", "the statement": "结算单", "the published part": "公布部分"}


class ProofProblem(Exception):
    """A file proves nothing, or not what it should; `code` says why, `told` in words."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(self.told("en"))

    def told(self, language: Language) -> str:
        """Say it in one of the two languages."""
        english, chinese = SENTENCES[self.code]
        if language == "en":
            text = english.format(**self.values)
            return text[:1].upper() + text[1:]
        return chinese.format(**{name: PLACES.get(str(value), value) for name, value in self.values.items()})
