"""What comes of a licence in the table's world, and the files that its rows tell of."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, Licence, LicenceChange, Receipt
from licensing.reports.calculation import write_lines
from licensing.reports.models import ReportDraft, SalesReport
from licensing.reports.storage import filed_file, lines_file
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.documents.models import Document
from platform_core.documents.selectors import document_file
from platform_core.exchange.models import Import
from platform_core.identity.models import Organisation
from tests.api.matrix.kept import Samples
from tests.factories.clauses import make_clauses, make_favour_notice
from tests.factories.composition import make_pool_member
from tests.factories.core import (
    NOON,
)
from tests.factories.exchange import write_file
from tests.factories.reports import make_filed_report, write_draft


def report_on(programme: Programme, organisations: Sequence[Organisation]) -> None:
    """Give a programme's licences of some organisations what comes of a licence."""
    for organisation in organisations:
        membership = Membership.objects.filter(alliance=programme.alliance, organisation=organisation).earliest("pk")
        member = make_pool_member(programme.pool, membership)
        licence = Licence.objects.get(programme=programme, licensee=organisation)
        LicenceChange.objects.create(licence=licence, month=date(2026, 9, 1), standing="compliant")
        Charge.objects.create(
            licence=licence,
            month=date(2025, 1, 1),
            kind="entry",
            amount=Decimal(1),
            currency="CNY",
            created_at=NOON,
        )
        Receipt.objects.create(licence=licence, period="2025Q1", amount_minor=1, created_at=NOON)
        BilateralLicence.objects.create(licence=licence, member=member, starts_on=date(2025, 1, 1))
        make_filed_report(licence, date(2025, 4, 1))
        make_clauses(licence)
        make_favour_notice(licence)
    ExchangeRate.objects.create(programme=programme, month=date(2025, 1, 1), currency="USD", rate=Decimal(7))


def write_files(samples: Samples) -> None:
    """Put the files in place that rows tell of."""
    for paper in samples.objects["documents.Document"].values():
        assert isinstance(paper, Document)
        file = document_file(paper)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"%PDF-")
    for found in Import.objects.all():
        write_file(found)
    for report in samples.objects["reports.SalesReport"].values():
        assert isinstance(report, SalesReport)
        file = filed_file(report.pk)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"line")
        write_lines(iter(()), lines_file(report.pk))
    for draft in samples.objects["reports.ReportDraft"].values():
        assert isinstance(draft, ReportDraft)
        write_draft(draft)
