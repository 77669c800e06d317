"""Who may see and file sales reports: the licensee's own seats, and finance of the programme's operating entity."""

from licensing.agreements.models import Licence
from licensing.agreements.policies import LICENCE_POLICY
from licensing.reports.models import ReportedMonth, SalesReport
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.grants.relations import assigned
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, in_operating_entity, own_organisation
from platform_core.identity.roles import Purpose, Role

READ_SALES_REPORT = Permission("sales_report.read")
SUPERSEDE_SALES_REPORT = Permission("sales_report.supersede")
FILE_SALES_REPORT = Permission("licence.file_sales_report")

LICENCE_POLICY.extend(
    allow(Role.LICENSEE, FILE_SALES_REPORT, own_organisation("licensee")),
    allow(COMMAND_LINE, FILE_SALES_REPORT, everything()),
)

SALES_REPORT_POLICY = register(
    Policy(
        SalesReport,
        read=READ_SALES_REPORT,
        rules=[
            allow(
                Role.LICENSEE,
                {READ_SALES_REPORT, SUPERSEDE_SALES_REPORT},
                own_organisation("licence__licensee"),
            ),
            allow(
                Role.FINANCE,
                READ_SALES_REPORT,
                in_operating_entity("licence__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Audience.STAFF, READ_SALES_REPORT, in_alliance("licence__programme__alliance")),
            allow(Role.AUDITOR, READ_SALES_REPORT, assigned(Licence, "licence")),
            allow(COMMAND_LINE, {READ_SALES_REPORT, SUPERSEDE_SALES_REPORT}, everything()),
        ],
    )
)

REPORTED_MONTH_POLICY = register(
    Policy(
        ReportedMonth,
        read=READ_SALES_REPORT,
        rules=[
            allow(Role.LICENSEE, READ_SALES_REPORT, own_organisation("licence__licensee")),
            allow(
                Role.FINANCE,
                READ_SALES_REPORT,
                in_operating_entity("licence__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(Audience.STAFF, READ_SALES_REPORT, in_alliance("licence__programme__alliance")),
            allow(Role.AUDITOR, READ_SALES_REPORT, assigned(Licence, "licence")),
            allow(COMMAND_LINE, READ_SALES_REPORT, everything()),
        ],
    )
)

ACCESS_LOG_POLICY.extend(allow(Role.LICENSEE, READ_ACCESS_LOG, of_own_figures(SalesReport)))
SALES_REPORT_POLICY.belong_to("licence__licensee")
REPORTED_MONTH_POLICY.belong_to("licence__licensee")
