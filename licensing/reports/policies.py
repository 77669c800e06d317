"""Who may see and file sales reports: the licensee's own seats, and finance of the programme's operating entity."""

from licensing.agreements.models import Licence
from licensing.agreements.policies import LICENCE_POLICY
from licensing.reports.models import ReportedMonth, ReportReminder, SalesReport
from licensing.terms.policies import PROGRAMME_POLICY
from platform_core.access.actors import COMMAND_LINE
from platform_core.access.grants.relations import assigned
from platform_core.access.kernel import follows
from platform_core.access.policies import ACCESS_LOG_POLICY, READ_ACCESS_LOG, of_own_figures
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, in_alliance, in_operating_entity, own_organisation
from platform_core.identity.roles import Purpose, Role

READ_SALES_REPORT = Permission("sales_report.read")
SUPERSEDE_SALES_REPORT = Permission("sales_report.supersede")
FILE_SALES_REPORT = Permission("licence.file_sales_report")
READ_LICENCE_FILING = Permission("licence.read_filing")
"""Which months were reported under a licence: no figures."""
READ_FILING = Permission("programme.read_filing")
"""Which licensees have reported and which have not: no figures."""
REMIND_LICENSEES = Permission("programme.remind_licensees")
READ_REPORT_REMINDER = Permission("report_reminder.read")

LICENCE_POLICY.extend(
    allow(Role.LICENSEE, {FILE_SALES_REPORT, READ_LICENCE_FILING}, own_organisation("licensee")),
    allow((Role.SECRETARIAT, Audience.STAFF), READ_LICENCE_FILING, in_alliance("programme__alliance")),
    allow(
        Role.FINANCE,
        READ_LICENCE_FILING,
        in_operating_entity("programme__operating_entity"),
        purpose=Purpose.ROYALTIES,
    ),
    allow((Role.LEGAL, Role.AUDITOR), READ_LICENCE_FILING, assigned(Licence)),
    allow(COMMAND_LINE, {FILE_SALES_REPORT, READ_LICENCE_FILING}, everything()),
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

# That a month was reported is what filing is: whoever may read the one sees the other, and no more of the report.
REPORTED_MONTH_POLICY = register(
    Policy(
        ReportedMonth,
        read=READ_LICENCE_FILING,
        rules=[
            allow(
                (Audience.SIGNED_IN, COMMAND_LINE),
                READ_LICENCE_FILING,
                follows("licence", READ_LICENCE_FILING, Licence),
            )
        ],
    )
)

PROGRAMME_POLICY.extend(
    allow(Role.SECRETARIAT, {READ_FILING, REMIND_LICENSEES}, in_alliance()),
    allow(Role.FINANCE, {READ_FILING, REMIND_LICENSEES}, in_operating_entity(), purpose=Purpose.ROYALTIES),
    allow(Audience.STAFF, READ_FILING, in_alliance()),
    allow(COMMAND_LINE, {READ_FILING, REMIND_LICENSEES}, everything()),
)

REPORT_REMINDER_POLICY = register(
    Policy(
        ReportReminder,
        read=READ_REPORT_REMINDER,
        rules=[
            allow(
                (Role.SECRETARIAT, Audience.STAFF), READ_REPORT_REMINDER, in_alliance("licence__programme__alliance")
            ),
            allow(
                Role.FINANCE,
                READ_REPORT_REMINDER,
                in_operating_entity("licence__programme__operating_entity"),
                purpose=Purpose.ROYALTIES,
            ),
            allow(COMMAND_LINE, READ_REPORT_REMINDER, everything()),
        ],
    )
)

ACCESS_LOG_POLICY.extend(allow(Role.LICENSEE, READ_ACCESS_LOG, of_own_figures(SalesReport)))
SALES_REPORT_POLICY.belong_to("licence__licensee")
REPORTED_MONTH_POLICY.belong_to("licence__licensee")
REPORT_REMINDER_POLICY.belong_to("licence__licensee")
