"""The clauses of the demonstration's contracts: those a template begins with on screen."""

from typing import Any, Final

CLAUSES: Final[tuple[dict[str, Any], ...]] = (
    {
        "kind": "grant",
        "heading_zh": "许可",
        "text_zh": (
            "{{licensor}}就“{{pool}}”专利清单第 {{list_version}} "
            "版（{{list_day}}，{{list_count}} 项）所列专利，授予{{licen"
            "see}}普通许可。权利人仍可单独许可其专利。"
        ),
        "heading_en": "Licence",
        "text_en": (
            "{{licensor}} grants {{licensee}} a non-exclusive licence of the patents in version {"
            "{list_version}} of the list of “{{pool}}” ({{list_day}}, {{list_count}} lines). Owne"
            "rs stay free to license their patents themselves."
        ),
    },
    {
        "kind": "fee",
        "heading_zh": "许可费",
        "text_zh": (
            "许可费按条款第 {{terms_version}} 版计算，履约状态为{{standing}"
            "}，计费选项：{{option}}。费用依据：{{fee_basis}}"
        ),
        "heading_en": "Royalties",
        "text_en": (
            "Royalties are worked out by version {{terms_version}} of the terms, standing {{stand"
            "ing}}, option: {{option}}. Basis: {{fee_basis}}"
        ),
    },
    {
        "kind": "tax",
        "heading_zh": "税费",
        "text_zh": "{{prices}}。税务路径：{{tax_path}}。代扣税由{{tax_bearer}}承担。",
        "heading_en": "Taxes",
        "text_en": "{{prices}}. Path: {{tax_path}}. Tax withheld is borne by {{tax_bearer}}.",
    },
    {
        "kind": "reports",
        "heading_zh": "报告",
        "text_zh": "被许可方按期提交销售报告，没有销售的期间也须申报。",
        "heading_en": "Reports",
        "text_en": "The licensee reports its sales for each period, also where nothing was sold.",
    },
    {
        "kind": "grant_back",
        "exclusive": False,
        "heading_zh": "回授",
        "text_zh": "被许可方拥有标准必要专利的，愿意按专利池的条件给予非独占许可。",
        "heading_en": "Grant-back",
        "text_en": ("Where the licensee owns essential patents, it licenses them non-exclusively on the pool's terms."),
    },
    {
        "kind": "term",
        "heading_zh": "期限",
        "text_zh": "本合同自 {{starts_on}} 起生效，最后一日：{{ends_on}}。",
        "heading_en": "Term",
        "text_en": "This contract is in force from {{starts_on}}; last day: {{ends_on}}.",
    },
    {
        "kind": "termination",
        "grounds": ["breach", "non_payment", "non_reporting", "insolvency", "agreement"],
        "heading_zh": "违约与终止",
        "text_zh": (
            "一方违约的，另一方书面通知并给予 {{cure_days}} 天补救期；逾期未补救的，可以终"
            "止本合同。对专利的效力或必要性提出质疑不构成终止理由。"
        ),
        "heading_en": "Breach and termination",
        "text_en": (
            "Where a party is in breach, the other gives notice in writing and {{cure_days}} days"
            " to cure; if it is not cured, the contract can be ended. That validity or essentiali"
            "ty of a patent is challenged is no ground to end it."
        ),
    },
    {
        "kind": "run_off",
        "heading_zh": "清货期",
        "text_zh": "终止后 {{run_off_days}} 天内可以销售库存，期间仍须报告并支付许可费；此前到期的款项继续有效。",
        "heading_en": "Run-off",
        "text_en": (
            "For {{run_off_days}} days after the end, stock may be sold; it is reported and paid "
            "for. What was due stays due."
        ),
    },
    {
        "kind": "other",
        "heading_zh": "其他",
        "text_zh": "{{conditions}}",
        "heading_en": "Other conditions",
        "text_en": "{{conditions}}",
    },
)
