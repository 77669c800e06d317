"""A payee's statement of a distribution on paper: balances, what is new, how to check it, and until when to object.

It says no more than the payee may know, whoever takes it: one sum over all periods, never what single licensees paid.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from licensing.close.models import PayeeKind
from licensing.close.papers.statement import estimates_note, name_of
from licensing.distribution.breakdowns.papers import breakdown_notes, breakdown_table
from licensing.distribution.lifecycle import MemberInvoiceState
from licensing.distribution.models import Conversion, DistributionItem, DistributionRun, MemberInvoice, Withholding
from licensing.distribution.selectors import closes_of
from licensing.papers.numerals import amount_in_chinese
from licensing.papers.paper import Language, Money, Paper
from platform_core.money import format_minor

WORDS: Final[dict[str, tuple[str, str]]] = {
    "statement": ("分配付款单", "Statement of a distribution"),
    "to": ("收款方", "Payee"),
    "uscc": ("统一社会信用代码", "Unified social credit code"),
    "programme": ("许可项目", "Programme"),
    "distribution": ("分配付款", "Distribution"),
    "member_code": ("成员代码", "Member code"),
    "through": ("到账截至", "Money received through"),
    "periods": ("涉及期间", "Periods"),
    "no_periods": ("无", "none"),
    "released": ("发布日期", "Released on"),
    "not_released": ("尚未发布", "not released yet"),
    "objections": ("可提出异议至", "Objections until"),
    "opening": ("期初余额", "Balance before"),
    "amount": ("本次分配", "This distribution"),
    "closing": ("期末余额", "Balance after"),
    "tax": ("代扣税款", "Tax withheld"),
    "net": ("税后金额", "After tax"),
    "tax_text": (
        "计税金额 {base}，税率 {percent}%（{country}：{basis}），税款 {tax}。"
        "四舍五入到最小货币单位一次，税后金额为其差额。{set_off}",
        "{percent} % of {base} ({country}: {basis}) is {tax}, rounded once to the smallest unit, halves up; what is "
        "after tax is the difference.{set_off}",
    ),
    "converted": ("换币支付", "Paid in another currency"),
    "converted_text": (
        "余额中的 {source} 按 {rate} 换为 {target}，四舍五入一次。汇率日期 {on}，来源：{name}（{made_of}）。",
        "{source} of the balance are {target} at {rate}, rounded once. Rate of {on}, from {name} ({made_of}).",
    ),
    "tax_set_off": (
        "此前多付而由本次抵扣的 {amount} 不计税。",
        " {amount} of the share pays back what was given too much before, and bears no tax.",
    ),
    "withheld": ("另有暂扣", "Withheld besides"),
    "in_words": ("大写", "in words"),
    "claw_back": ("扣回", "Claw-back"),
    "claw_back_text": (
        "本次金额为负：此前多付的部分由此扣回，从之后的分配中扣除。",
        "The amount is below zero: what was given too much before is taken off what comes next.",
    ),
    "how_to_check": ("如何核对", "How to check it"),
    "proof_text": (
        "从本单的网页下载证明文件，用 lianchi verify-statement 文件名 核对：本单金额是公布的各笔金额之一，"
        "且各笔之和等于公布的总额。公布文件的指纹（SHA-256）：{fingerprint}。请与其他成员核对指纹是否相同。",
        "Download the proof from this statement's page and run lianchi verify-statement FILE: it shows that this "
        "amount is one of those published and that they add up to the total. Fingerprint (SHA-256) of what is "
        "published: {fingerprint}. Compare it with other members.",
    ),
    "no_proof_text": (
        "本次分配没有可提供的证明，原因见本单的网页。公布文件的指纹（SHA-256）：{fingerprint}。",
        "There is no proof to be had of this distribution; its page says why. Fingerprint (SHA-256) of what is "
        "published: {fingerprint}.",
    ),
    "no_publication_text": (
        "收款方过少，本次分配没有公布文件。",
        "Nothing is published of this distribution, which has too few payees.",
    ),
    "objecting": ("提出异议", "Objecting"),
    "objecting_text": (
        "如有异议，请在 {day} 或之前在本单的网页上提出。",
        "Object on this statement's page by {day}.",
    ),
    "tax_invoice": ("发票", "Tax invoice"),
    "tax_invoice_open": ("尚待提供或核对，之后付款", "awaited or to be checked; paid afterwards"),
    "tax_invoice_accepted": ("已接受", "accepted"),
    "tax_invoice_waived": ("已豁免：{reason}", "waived: {reason}"),
    "exact": ("精确金额", "exact"),
    "amount_heading": ("金额", "amount"),
    "item": ("项目", "item"),
}


def distribution_paper(item: DistributionItem, language: Language, breakdown: Mapping[str, Any] | None = None) -> Paper:
    """Return a payee's statement of a distribution as a paper in a language, with what its taker may know it is of."""
    run = item.run

    def said(key: str, **values: object) -> str:
        chinese, english = WORDS[key]
        return (chinese if language is Language.ZH else english).format(**values)

    def money(minor: int) -> Money:
        return Money(minor, run.currency)

    withholding = Withholding.objects.filter(item=item).select_related("rule").first()
    figures = [
        (said("opening"), money(item.opening_minor)),
        (said("amount"), money(item.amount_minor)),
        *(
            [(said("tax"), money(-item.tax_minor)), (said("net"), money(item.net_minor))]
            if withholding is not None
            else []
        ),
        (said("closing"), money(item.closing_minor)),
    ]
    if withheld := _withheld(item):
        figures.insert(len(figures) - 1, (said("withheld"), money(withheld)))
    words = amount_in_chinese(item.amount_minor, run.currency) if language is Language.ZH else ""
    invoice = _tax_invoice(item)
    released = run.released_at
    zone = ZoneInfo(run.programme.alliance.zone)
    return Paper(
        language=language,
        name=f"{run.programme.code}-{run.number}-{item.payee.removeprefix('~')}".replace(":", "-"),
        title=said("statement"),
        subtitle=f"{run.programme.name} · {run.number}",
        issuer=_letterhead(run, language),
        addressee=_addressee(item, language, said("to"), said("uscc")),
        facts=[
            (said("programme"), run.programme.code),
            (said("distribution"), str(run.number)),
            *([(said("member_code"), item.membership.code)] if item.membership else []),
            (said("through"), run.through_on.isoformat()),
            (said("periods"), ", ".join(run.periods) or said("no_periods")),
            (said("released"), released.astimezone(zone).date().isoformat() if released else said("not_released")),
            *([(said("objections"), run.objections_until.isoformat())] if run.objections_until else []),
            *([(said("tax_invoice"), said(invoice[0], reason=invoice[1]))] if invoice else []),
        ],
        figures=figures,
        in_words=f"{said('in_words')}：{words}" if words else "",
        tables=[breakdown_table(breakdown, run.currency, language)] if breakdown else [],
        notes=[
            *(breakdown_notes(breakdown, language) if breakdown else []),
            *(
                estimates_note(closes_of(run), language, reader_id=item.membership.organisation_id)
                if item.membership
                else []
            ),
            *([(said("claw_back"), said("claw_back_text"))] if item.amount_minor < 0 else []),
            *([(said("tax"), _tax_note(withholding, said, run.currency))] if withholding is not None else []),
            *((said("converted"), text) for text in _conversions(item, said)),
            (said("how_to_check"), said(_proof_note(item), fingerprint=run.fingerprint)),
            *(
                [(said("objecting"), said("objecting_text", day=run.objections_until))]
                if run.objections_until and item.membership
                else []
            ),
        ],
        footer=f"{run.programme.code} #{run.number} · {run.fingerprint[:16]}".rstrip(" ·"),
        exact_heading=said("exact"),
        amount_heading=said("amount_heading"),
        item_heading=said("item"),
    )


def _tax_note(row: Withholding, said: Callable[..., str], currency: str) -> str:
    """Say how the tax withheld is worked out."""
    return said(
        "tax_text",
        base=format_minor(row.base_minor, currency),
        percent=f"{row.percent.normalize():f}",
        tax=format_minor(row.tax_minor, currency),
        country=row.country,
        basis=row.rule.treaty if row.relief_id is not None else row.rule.basis,
        set_off=said("tax_set_off", amount=format_minor(row.set_off_minor, currency)) if row.set_off_minor else "",
    )


def _conversions(item: DistributionItem, said: Callable[..., str]) -> Iterator[str]:
    """Say what of the balance was converted to be paid in another currency, at which rate, and whose it is."""
    rows = Conversion.objects.filter(item=item, confirmed_at__isnull=False).select_related("sheet")
    for row in rows.order_by("confirmed_at", "pk"):
        yield said(
            "converted_text",
            source=format_minor(row.source_minor, row.source_currency),
            target=format_minor(row.target_minor, row.target_currency),
            rate=f"1 {row.source_currency} = {row.rate.normalize():f} {row.target_currency}",
            on=row.rate_on,
            name=row.sheet.name,
            made_of=row.made_of,
        )


def _proof_note(item: DistributionItem) -> str:
    if not item.run.fingerprint:
        return "no_publication_text"
    return "no_proof_text" if item.proof_withheld else "proof_text"


def _tax_invoice(item: DistributionItem) -> tuple[str, str] | None:
    """Return where the member's tax invoice for the share stands, and why it was waived; None: none is asked for."""
    found = MemberInvoice.objects.filter(item=item).first()
    if found is None:
        return None
    named = {MemberInvoiceState.ACCEPTED: "tax_invoice_accepted", MemberInvoiceState.WAIVED: "tax_invoice_waived"}
    return named.get(MemberInvoiceState(found.state), "tax_invoice_open"), found.waiver_reason


def _withheld(item: DistributionItem) -> int:
    """Return what the distribution withheld from the member besides."""
    if item.kind != PayeeKind.MEMBER:
        return 0
    held = DistributionItem.objects.filter(run=item.run_id, kind=PayeeKind.HELD, membership=item.membership_id)
    return sum(held.values_list("amount_minor", flat=True))


def _letterhead(run: DistributionRun, language: Language) -> list[str]:
    entity = run.programme.operating_entity
    named = (entity, entity.organisation, run.programme.alliance)
    return list(dict.fromkeys(name_of(one, language) for one in named))


def _addressee(item: DistributionItem, language: Language, to: str, code: str) -> list[str]:
    if item.membership is None:
        return [to, item.payee]
    organisation = item.membership.organisation
    return [to, name_of(organisation, language), *([f"{code} {organisation.uscc}"] if organisation.uscc else [])]
