"""The committed description of the API is the one the code gives."""

import io

from django.core.management import call_command

from tests.architecture.rules import ROOT


def test_the_api_description_is_up_to_date_and_complete() -> None:
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert out.getvalue() == (ROOT / "docs" / "openapi.yaml").read_text(), "run: make openapi"
