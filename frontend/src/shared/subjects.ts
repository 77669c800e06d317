/** Where the things that the server names by type and id are shown. */
const PAGES: Record<string, string> = {
  "identity.organisation": "/organisations",
  "identity.alliance": "/alliances",
  "memberships.membership": "/members",
  "charter.charter": "/charters",
  "charter.charterversion": "/charter-versions",
  "patents.patent": "/patents",
  "exchange.import": "/imports",
  "connections.connection": "/connections",
  "composition.pool": "/pools",
  "composition.listversion": "/list-versions",
  "charts.claimchart": "/claim-charts",
  "asking.licencerequest": "/licence-requests",
  "submissions.call": "/calls",
  "submissions.submission": "/submissions",
  "agreements.licence": "/licences",
  "dealings.dealing": "/dealings",
  "direct.directlicence": "/direct-licences",
  "bilaterals.bilateralclaim": "/bilateral-claims",
  "reports.reportdraft": "/report-drafts",
  "audits.audit": "/audits",
  "terms.programme": "/programmes",
  "close.closerun": "/closes",
  "close.statement": "/statements",
  "billing.invoice": "/invoices",
  "payments.onlinepayment": "/online-payments",
  "distribution.distributionrun": "/distributions",
  "distribution.distributionitem": "/distribution-statements",
  "distribution.objection": "/objections",
  "distribution.memberinvoice": "/member-invoices",
  "deadlines.deadline": "/deadlines",
  "ledger.account": "/ledger-accounts",
  "ledger.entry": "/ledger-entries",
  "ledger.bookreopening": "/book-reopenings",
  "cutover.parallelrun": "/parallel-runs",
  "treasury.bankaccount": "/bank-accounts",
  "treasury.payeeaccount": "/payee-accounts",
  "treasury.payout": "/payouts",
  "treasury.statementline": "/statement-lines",
  "upkeep.paymentorder": "/payment-orders",
};

/** Returns the address of a thing's page; null where it has none. */
export function pageOf(subjectType: string | null | undefined, id: string | null | undefined): string | null {
  const page = subjectType ? PAGES[subjectType] : undefined;
  return page === undefined || !id ? null : `${page}/${id}`;
}
