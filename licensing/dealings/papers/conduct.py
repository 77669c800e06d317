"""The record of conduct on paper: who did what on which day, with every offer and the hashes of the evidence."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from licensing.dealings.models import ConductStep, Dealing, Offer
from licensing.dealings.papers.words import name_of, word
from licensing.papers.paper import Cell, Language, Paper, Table


def conduct_paper(
    dealing: Dealing, offers: Sequence[Offer], conduct: Sequence[ConductStep], language: Language
) -> Paper:
    """Return the record of a dealing as a paper in a language."""

    def said(key: str, **values: object) -> str:
        return word(key, language, **values)

    zone = ZoneInfo(dealing.programme.alliance.zone)
    facts = [
        (said("programme"), f"{dealing.programme.code} · {dealing.programme.name}"),
        (said("prospect"), name_of(dealing.prospect, language)),
        (said("state"), said(f"state.{dealing.state}")),
        (said("products"), dealing.products),
        (said("volumes"), dealing.volumes),
        (said("territory"), dealing.territory),
    ]
    steps: list[list[Cell]] = [
        [
            step.happened_on.isoformat(),
            said(step.side),
            said(f"kind.{step.kind}") + ("" if step.offer_number is None else f" #{step.offer_number}"),
            f"{step.recorded_at.astimezone(zone):%Y-%m-%d %H:%M} {step.recorded_by.name}",
            step.text,
        ]
        for step in conduct
    ]
    evidence: list[list[Cell]] = [
        [step.happened_on.isoformat(), step.document.name, step.document.sha256]
        for step in conduct
        if step.document is not None
    ]
    rows: list[list[Cell]] = [
        [
            f"#{offer.number}",
            f"{offer.made_at.astimezone(zone):%Y-%m-%d}",
            said(offer.side),
            said(
                "list_version",
                number=offer.list_version.number,
                day=offer.list_version.effective_on,
                count=offer.list_version.patents,
            ),
            said("terms_version", number=offer.terms_version.number),
            offer.reply_by.isoformat(),
            f"{said(f'offer.{offer.state}')} {offer.reason}".strip(),
            offer.fee_basis,
        ]
        for offer in offers
    ]
    return Paper(
        language=language,
        name=f"{dealing.programme.code}-{said('conduct')}",
        title=said("conduct"),
        subtitle=dealing.programme.name,
        issuer=[name_of(dealing.programme.alliance, language)],
        addressee=[],
        facts=[(label, value) for label, value in facts if value],
        figures=[],
        tables=[
            Table(
                said("steps"),
                [said(key) for key in ("day", "side", "what", "recorded", "text")],
                steps,
                empty=said("none"),
            ),
            Table(
                said("offers"),
                [said(key) for key in ("offer", "made_on", "side", "list", "terms", "reply_by", "answer", "fee_basis")],
                rows,
                empty=said("none"),
            ),
            Table(said("evidence"), [said(key) for key in ("day", "file", "sha256")], evidence, empty=said("none")),
        ],
        footer=said("between"),
    )
