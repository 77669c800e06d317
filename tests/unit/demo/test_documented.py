"""What docs/demonstration.md says of the demonstration is so."""

from pathlib import Path

from platform_site.demo.days import TODAY
from platform_site.demo.licences import LICENCES
from platform_site.demo.names import APPLICANTS
from platform_site.demo.patents import families
from platform_site.demo.people import PEOPLE, SIGN_IN_WORD, sign_ins
from platform_site.demo.sales import reports
from platform_site.demo.story import CLOSES

PAGE = (Path(__file__).parents[3] / "docs" / "demonstration.md").read_text(encoding="utf-8")


def test_the_page_names_every_sign_in_worth_trying() -> None:
    rows = [f"| {person.email} | {person.name}: {person.told} |" for person in sign_ins()]
    assert "\n".join(rows) in PAGE
    assert f"`{SIGN_IN_WORD}`" in PAGE


def test_the_page_gives_the_figures() -> None:
    rights = sum(len(family.rights) for family in families())
    for said in (
        f"| patents | {rights} rights of {len(families())} families",
        f"| licensees | 25 with {len(LICENCES)} licences",
        f"| reports | {len(reports())} for",
        f"| applicants | {len(APPLICANTS)}:",
        f"| closes | {len(CLOSES)} |",
        f"| people | {len(PEOPLE)},",
        f"ends on {TODAY}",
    ):
        assert said in PAGE
