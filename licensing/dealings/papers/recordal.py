"""The data of a recordal (备案) on paper, as its form asks for it; in Chinese, since the office reads no other."""

from collections.abc import Sequence

from licensing.dealings.models import ContractSignature, Dealing, Offer, Recordal, Side
from licensing.dealings.papers.words import name_of
from licensing.papers.paper import Cell, Language, Paper, Table
from pools.composition.models import ListLine


def recordal_paper(
    dealing: Dealing,
    recordal: Recordal,
    offer: Offer,
    signatures: Sequence[ContractSignature],
    lines: Sequence[ListLine],
) -> Paper:
    """Return what the form of a recordal asks for: parties, kind and days of the licence, fee, and each patent."""
    licence = dealing.licence
    signed = {signature.side: signature for signature in signatures}
    days = [signature.signed_on for signature in signatures]
    rows: list[list[Cell]] = [
        [
            place,
            line.publication,
            line.owner_name,
            "" if line.granted_on is None else line.granted_on.isoformat(),
            "" if line.ends_on is None else line.ends_on.isoformat(),
        ]
        for place, line in enumerate(lines, start=1)
    ]
    facts = [
        ("合同编号", "" if licence is None else licence.code),
        ("让与人（许可方）", name_of(dealing.programme.operating_entity, Language.ZH)),
        ("受让人（被许可方）", name_of(dealing.prospect, Language.ZH)),
        ("统一社会信用代码（被许可方）", dealing.prospect.uscc or ""),
        ("许可种类", "普通许可"),
        ("合同签订日", max(days).isoformat() if days else ""),
        ("合同生效日", offer.starts_on.isoformat()),
        ("合同终止日", "不限" if offer.ends_on is None else offer.ends_on.isoformat()),
        ("许可费用", offer.fee_basis),
        ("许可方签署人", signed[Side.OFFICE].signatory if Side.OFFICE in signed else ""),
        ("被许可方签署人", signed[Side.PROSPECT].signatory if Side.PROSPECT in signed else ""),
        ("备案期限", recordal.due_on.isoformat()),
        ("提交日", "" if recordal.filed_on is None else recordal.filed_on.isoformat()),
        ("备案号", recordal.number),
    ]
    return Paper(
        language=Language.ZH,
        name=f"{'' if licence is None else licence.code}-备案",
        title="专利实施许可合同备案信息表",
        subtitle=dealing.programme.name,
        issuer=[name_of(dealing.programme.alliance, Language.ZH)],
        addressee=[],
        facts=[(label, value) for label, value in facts if value],
        figures=[],
        tables=[
            Table(
                "许可的中国专利",
                ["序号", "专利号（公告号）", "权利人", "授权公告日", "届满日"],
                rows,
                empty="没有中国授权专利。",
            )
        ],
        notes=[
            ("依据", recordal.rule),
            ("说明", "本表列出办理备案所需信息，不代替国家知识产权局的申请表；专利名称和申请日以专利登记簿为准。"),
        ],
        footer="本表仅供双方办理备案使用。",
    )
