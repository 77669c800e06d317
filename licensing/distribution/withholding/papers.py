"""A member's certificate of the tax withheld from a share, for the tax office of its own country."""

from typing import Final

from licensing.billing.selectors import tax_identity_on
from licensing.close.papers.statement import name_of
from licensing.distribution.withholding.lifecycle import RemittanceState
from licensing.distribution.withholding.models import Withholding
from licensing.papers.paper import Language, Money, Paper, Signature

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("代扣代缴税款证明", "Certificate of tax withheld"),
    "to": ("纳税人", "Taxpayer"),
    "number": ("编号", "Number"),
    "agent": ("扣缴义务人", "Withheld by"),
    "tax_number": ("纳税人识别号", "Tax number"),
    "country": ("居民国（地区）", "Resident in"),
    "programme": ("许可项目", "Programme"),
    "distribution": ("分配付款", "Distribution"),
    "income": ("所得类型", "Kind of income"),
    "royalties": ("特许权使用费", "royalties"),
    "withheld_on": ("扣缴日期", "Withheld on"),
    "percent": ("税率", "Rate"),
    "by_law": ("依据", "By"),
    "residence": ("居民身份证明", "Certificate of residence"),
    "paid": ("缴库日期", "Paid to the tax office on"),
    "not_paid": ("尚未缴库", "not paid yet"),
    "declaration": ("申报编号", "Declaration"),
    "receipt": ("完税证明号", "Tax office's certificate"),
    "gross": ("分配金额（税前）", "Share before tax"),
    "set_off": ("抵扣此前多付", "Pays back what was given too much"),
    "base": ("计税金额", "Taxed amount"),
    "net": ("税后金额", "After tax"),
    "tax": ("代扣税款", "Tax withheld"),
    "rounding": ("取整", "Rounding"),
    "rounding_text": (
        "税款按计税金额乘以税率计算，四舍五入到最小货币单位一次；税后金额为差额。",
        "The tax is the taxed amount times the rate, rounded once to the smallest unit, halves up; what is after tax "
        "is the difference.",
    ),
    "not_official": ("说明", "Note"),
    "not_official_text": (
        "本证明由扣缴义务人出具；税务机关出具的完税证明如已取得，附于本单的网页。",
        "Issued by whoever withheld the tax. The tax office's own certificate is on this page's site once it is there.",
    ),
    "exact": ("精确金额", "exact"),
    "amount": ("金额", "amount"),
    "item": ("项目", "item"),
    "issued_by": ("扣缴义务人（盖章）", "For whoever withheld it"),
}


def certificate_number(row: Withholding) -> str:
    """Return the number of a certificate: of the statement it is of, so that it tells nothing of others."""
    run = row.item.run
    return f"WHT-{run.programme.code}-{run.number}-{row.membership.code}"


def certificate_paper(row: Withholding, language: Language) -> Paper:
    """Return a member's certificate of tax withheld as a paper in a language."""
    run = row.item.run
    entity = run.programme.operating_entity
    organisation = row.membership.organisation

    def said(key: str) -> str:
        return _WORDS[key][language is Language.EN]

    def money(minor: int) -> Money:
        return Money(minor, run.currency)

    identity = tax_identity_on(entity.pk, organisation.pk, row.on)
    own = tax_identity_on(entity.pk, entity.organisation_id, row.on)
    remittance = row.remittance if row.remittance and row.remittance.state == RemittanceState.PAID else None
    named = identity.name if identity is not None else name_of(organisation, language)
    facts = [
        (said("number"), certificate_number(row)),
        (said("agent"), own.name if own is not None else name_of(entity.organisation, language)),
        *([(said("tax_number"), own.tax_number)] if own is not None and own.tax_number else []),
        (said("country"), row.country),
        (said("programme"), f"{run.programme.code} · {run.programme.name}"),
        (said("distribution"), str(run.number)),
        (said("income"), said("royalties")),
        (said("withheld_on"), row.on.isoformat()),
        (said("percent"), f"{row.percent.normalize():f} %"),
        (said("by_law"), row.rule.treaty if row.relief is not None else row.rule.basis),
        *([(said("residence"), row.relief.certificate)] if row.relief is not None else []),
        (said("paid"), remittance.paid_on.isoformat() if remittance and remittance.paid_on else said("not_paid")),
        *([(said("declaration"), remittance.reference)] if remittance else []),
        *([(said("receipt"), remittance.receipt)] if remittance and remittance.receipt else []),
    ]
    return Paper(
        language=language,
        name=certificate_number(row),
        title=said("title"),
        subtitle=f"{run.programme.name} · {run.number}",
        issuer=list(dict.fromkeys(name_of(one, language) for one in (entity, entity.organisation))),
        addressee=[
            said("to"),
            named,
            *([identity.address] if identity is not None and identity.address else []),
            *([f"{said('tax_number')} {identity.tax_number}"] if identity is not None and identity.tax_number else []),
        ],
        facts=facts,
        figures=[
            (said("gross"), money(row.gross_minor)),
            *([(said("set_off"), money(-row.set_off_minor))] if row.set_off_minor else []),
            (said("base"), money(row.base_minor)),
            (said("net"), money(row.gross_minor - row.tax_minor)),
            (said("tax"), money(row.tax_minor)),
        ],
        notes=[
            (said("rounding"), said("rounding_text")),
            (said("not_official"), said("not_official_text")),
        ],
        signatures=[Signature(said("issued_by"), "")],
        signatures_heading=said("issued_by"),
        footer=certificate_number(row),
        exact_heading=said("exact"),
        amount_heading=said("amount"),
        item_heading=said("item"),
    )
