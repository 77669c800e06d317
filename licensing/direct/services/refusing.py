"""What stands against a licence, as the sentences that it is refused with."""

import re
from collections.abc import Collection
from typing import Final

from licensing.direct.checking import Asked, Finding, blocking, findings
from licensing.direct.models import DirectLicence
from platform_core.access.actors import Actor
from platform_core.checks import Checks
from platform_core.codes import COUNTRIES
from platform_core.problems import Conflict, Problem

AT_ONCE: Final = frozenset(
    {
        "no_power",
        "not_owner",
        "in_pool",
        "open_to_all",
        "not_under_head",
        "head_not_in_force",
        "no_sublicences",
        "beyond_head",
    }
)
"""What a licence is not even drafted with."""
_PLACE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_MOST: Final = 200


def refuse_what_stands_against(
    *, actor: Actor, licence: DirectLicence, only: Collection[str] | None = None, asked: Asked = Asked.DRAFTED
) -> None:
    """Refuse a licence that something stands against, with a sentence on the first such thing."""
    for finding in blocking(findings(licence, actor=actor, asked=asked)):
        if only is None or finding.code in only:
            raise _refusal(finding, licence, asked)


def _refusal(finding: Finding, licence: DirectLicence, asked: Asked) -> Conflict:
    patent = finding.publication
    if asked is Asked.ON_PAPER and finding.code in ("licensed_hidden", "encumbered"):
        # The same whether a hidden licence really is for the same use, so that papers measure nothing.
        return Conflict(
            f"{patent}: there may be another licence on it that you may not see, so that a paper is not enough. "
            "Have the licensee sign here itself."
        )
    match finding.code:
        case "no_power":
            return Conflict(
                f"{patent}: no power to grant this kind of licence on it is recorded for {licence.licensor}, "
                "in custody or in store, on every day of the term."
            )
        case "not_owner":
            return Conflict(f"{patent}: whoever brings it does not own it on the first day, or no longer does.")
        case "no_consent":
            return Conflict(
                f"{patent}: a co-owner has not consented to this licence, which shuts others out, as it is now. "
                "Record its consent."
            )
        case "in_pool":
            return Conflict(
                f"{patent}: it is in a pool during the term, and pool entries are licensed to nobody alone."
            )
        case "open_to_all":
            return Conflict(
                f"{patent}: an open licence of it is declared, so that it may be licensed ordinarily only. Have the "
                "declaration withdrawn first."
            )
        case "not_under_head":
            return Conflict(f"{patent}: the licence that is to be sublicensed is not on it.")
        case "head_not_in_force":
            return Conflict("The licence that is to be sublicensed is not in force on the first day.")
        case "no_sublicences":
            return Conflict("The licence that is to be sublicensed does not allow sub-licences.")
        case "beyond_head":
            return Conflict(
                "A sub-licence stays within the territory, fields, products and days of the licence it is under."
            )
        case "no_patents":
            return Conflict("Name the patents that the licence is on.")
        case "not_in_force":
            return Conflict(f"{patent}: it is no longer in force on the first day.")
        case "outside_territory":
            return Conflict(
                f"{patent}: it is in force outside the territory only. Leave it out, or widen the territory."
            )
        case "encumbered":
            return Conflict(f"{patent}: a register or its record has another licence on it that shuts this one out.")
        case "licensed" if finding.licence is not None:
            return Conflict(f"{patent}: the licence {finding.licence.code} is for the same use and shuts this one out.")
        case _:
            return Conflict(f"{patent}: a licence that you may not see shuts this one out. Ask its owners.")


def check_scope(
    checks: Checks, *, code: str, territory: Collection[str], fields: Collection[str], products: Collection[str]
) -> None:
    """Note what is no code, place, field or product."""
    checks.text("code", code, longest=60)
    for name, labels in (("fields", fields), ("products", products)):
        if len(labels) > _MOST:
            checks.wrong(name, "too_many", f"Name at most {_MOST}.")
        for label in labels:
            checks.text(name, label)
    for place in territory:
        if not _PLACE.fullmatch(place) or place[:2] not in COUNTRIES:
            checks.wrong("territory", "unknown_place", f"“{place}” is no ISO 3166 country or part of one (CN, CN-44).")


PROBLEMS: Final[dict[str, Problem]] = {
    "directlicence_code_once_of_licensor": Conflict("You gave another licence this code. Choose another."),
    "licensedpatent_once_in_licence": Conflict("Name each patent once."),
    "ownerconsent_once_of_owner": Conflict("This co-owner's consent is recorded already."),
    "direct_licence_shuts_out": Conflict(
        "Another licence was signed in the meantime that shuts this one out. Look at what stands against it."
    ),
    "direct_sub_within_head": Conflict(
        "A sub-licence lasts no longer than the licence it is under, which changed in the meantime. Look at both."
    ),
    "direct_licence_beside_open_one": Conflict(
        "An open licence of one of the patents was declared in the meantime: it may be licensed ordinarily only."
    ),
    "direct_licence_of_no_pool": Conflict(
        "One of the patents entered a pool in the meantime, and pool entries are licensed to nobody alone."
    ),
}
