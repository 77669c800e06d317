import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { asProblem } from "@/shared/api";
import { PageLoading } from "@/shared/ui/States";
import { NoSuchPage, RouteFailure } from "./RouteFailure.tsx";
import { loadMe } from "./session.ts";

// Every value in an address is plain text, so that addresses read well and mean the same everywhere.
const plainSearch = {
  parseSearch: (text: string) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search: Record<string, unknown>) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return text === "" ? "" : `?${text}`;
  },
};

const root = createRootRoute({
  component: Outlet,
  notFoundComponent: NoSuchPage,
  errorComponent: RouteFailure,
});

const outside = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name),
  });

const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    try {
      await loadMe();
    } catch (error) {
      if (asProblem(error).status !== 401) throw error;
      const next = location.href === "/" ? undefined : location.href;
      throw redirect({ to: "/sign-in", search: { next } as never });
    }
  },
  component: lazyRouteComponent(() => import("./shell/Shell.tsx"), "Shell"),
});

const inside = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => shell,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name),
  });

const signIn = () => import("@/features/sign-in");
const account = () => import("@/features/account");
const home = () => import("@/features/home");
const organisations = () => import("@/features/organisations");
const alliances = () => import("@/features/alliances");
const members = () => import("@/features/members");
const seats = () => import("@/features/seats");
const books = () => import("@/features/books");
const cutover = () => import("@/features/cutover");
const closes = () => import("@/features/closes");
const statements = () => import("@/features/statements");
const distributions = () => import("@/features/distributions");
const withholding = () => import("@/features/withholding");
const exchange = () => import("@/features/exchange");
const patents = () => import("@/features/patents");
const imports = () => import("@/features/imports");
const connections = () => import("@/features/connections");
const pools = () => import("@/features/pools");
const submissions = () => import("@/features/submissions");
const asking = () => import("@/features/asking");
const programmes = () => import("@/features/programmes");
const audit = () => import("@/features/audit");
const charters = () => import("@/features/charters");
const staff = () => import("@/features/staff");
const licences = () => import("@/features/licences");
const audits = () => import("@/features/audits");
const reports = () => import("@/features/reports");
const locks = () => import("@/features/locks");
const conflicts = () => import("@/features/conflicts");
const treasury = () => import("@/features/treasury");
const dealings = () => import("@/features/dealings");
const deadlines = () => import("@/features/deadlines");
const figures = () => import("@/features/figures");
const invoices = () => import("@/features/invoices");
const payments = () => import("@/features/payments");

const tree = root.addChildren([
  outside("/sign-in", signIn, "SignIn"),
  outside("/sign-in/reset", signIn, "ForgottenPassword"),
  outside("/sign-in/reset/$key", signIn, "NewPassword"),
  outside("/sign-in/verify/$key", signIn, "ConfirmEmail"),
  outside("/sign-in/invitation/$key", signIn, "AcceptInvitation"),
  outside("/asking", asking, "PublicLists"),
  outside("/asking/$id", asking, "AskOwner"),
  outside("/asking/$pool/confirmation/$key", asking, "ConfirmRequest"),
  shell.addChildren([
    inside("/", home, "Home"),
    inside("/account", account, "Account"),
    inside("/organisations", organisations, "Organisations"),
    inside("/organisations/$id", organisations, "Organisation"),
    inside("/alliances", alliances, "Alliances"),
    inside("/alliances/$id", alliances, "Alliance"),
    inside("/members", members, "Members"),
    inside("/members/$id", members, "Member"),
    inside("/seats", seats, "Seats"),
    inside("/invitations", seats, "Invitations"),
    inside("/closes", closes, "Closes"),
    inside("/closes/$id", closes, "CloseOrApproval"),
    inside("/approvals", closes, "Approvals"),
    inside("/approvals/$id", closes, "Approval"),
    inside("/books", books, "Books"),
    inside("/ledger-accounts/$id", books, "LedgerAccount"),
    inside("/ledger-entries/$id", books, "LedgerEntry"),
    inside("/book-reopenings/$id", books, "BookReopening"),
    inside("/cutover", cutover, "Cutover"),
    inside("/parallel-runs/$id", cutover, "ParallelRun"),
    inside("/treasury", treasury, "Treasury"),
    inside("/bank-accounts/$id", treasury, "BankAccount"),
    inside("/payee-accounts", treasury, "PayeeAccounts"),
    inside("/payee-accounts/$id", treasury, "PayeeAccount"),
    inside("/payouts/$id", treasury, "Payout"),
    inside("/statement-lines/$id", treasury, "StatementLine"),
    inside("/figures", figures, "Figures"),
    inside("/invoices", invoices, "Invoices"),
    inside("/invoices/$id", invoices, "Invoice"),
    inside("/invoices/$id/pay", payments, "PayInvoice"),
    inside("/receipts", payments, "Receipts"),
    inside("/online-payments/$id", payments, "OnlinePayment"),
    inside("/billing", invoices, "BillingSettings"),
    inside("/statements", statements, "Statements"),
    inside("/statements/$id", statements, "Statement"),
    inside("/distributions", distributions, "Distributions"),
    inside("/distributions/$id", distributions, "Distribution"),
    inside("/distribution-statements", distributions, "DistributionStatements"),
    inside("/distribution-statements/$id", distributions, "DistributionStatement"),
    inside("/member-invoices", distributions, "MemberInvoices"),
    inside("/member-invoices/$id", distributions, "MemberInvoice"),
    inside("/objections/$id", distributions, "Objection"),
    inside("/exchange", exchange, "Exchange"),
    inside("/rate-sheets/$id", exchange, "RateSheet"),
    inside("/conversions/$id", exchange, "Conversion"),
    inside("/withholdings", withholding, "Withholding"),
    inside("/withholdings/$id", withholding, "Certificate"),
    inside("/treaty-reliefs/$id", withholding, "Relief"),
    inside("/tax-remittances/$id", withholding, "Remittance"),
    inside("/patents", patents, "Patents"),
    inside("/patents/$id", patents, "Patent"),
    inside("/claim-charts/$id", patents, "ClaimChart"),
    inside("/imports", imports, "Imports"),
    inside("/imports/$id", imports, "Import"),
    inside("/connections", connections, "Connections"),
    inside("/connections/$id", connections, "Connection"),
    inside("/patents/portfolio", patents, "Portfolio"),
    inside("/differences", patents, "Differences"),
    inside("/deadlines", deadlines, "Deadlines"),
    inside("/deadlines/$id", deadlines, "Deadline"),
    inside("/payment-orders", deadlines, "Orders"),
    inside("/payment-orders/$id", deadlines, "Order"),
    inside("/pools", pools, "Pools"),
    inside("/pools/$id", pools, "Pool"),
    inside("/list-versions/$id", pools, "PoolList"),
    inside("/submissions", submissions, "Submissions"),
    inside("/submissions/$id", submissions, "Submission"),
    inside("/calls/$id", submissions, "Call"),
    inside("/licence-requests", asking, "LicenceRequests"),
    inside("/licence-requests/$id", asking, "LicenceRequest"),
    inside("/dealings", dealings, "Dealings"),
    inside("/dealings/new", dealings, "Apply"),
    inside("/contract-templates", dealings, "Templates"),
    inside("/dealings/$id", dealings, "Dealing"),
    inside("/programmes", programmes, "Programmes"),
    inside("/programmes/$id", programmes, "Programme"),
    inside("/terms-versions/$id", programmes, "TermsEditor"),
    inside("/charters", charters, "Charters"),
    inside("/charters/$id", charters, "Charter"),
    inside("/charter-versions/$id", charters, "Version"),
    inside("/licences", licences, "Licences"),
    inside("/licences/$id", licences, "Licence"),
    inside("/audits", audits, "Audits"),
    inside("/audits/$id", audits, "Audit"),
    inside("/direct-licences/$id", licences, "Direct"),
    inside("/open-licences", licences, "Open"),
    inside("/open-licences/$id", licences, "Taken"),
    inside("/open-declarations/$id", licences, "Declaration"),
    inside("/bilateral-claims/$id", licences, "Claim"),
    inside("/reports", reports, "Reports"),
    inside("/reports/new", reports, "Prepare"),
    inside("/report-drafts/$id", reports, "Draft"),
    inside("/sales-reports/$id", reports, "Filed"),
    inside("/deduction-comparisons/$id", reports, "DeductionComparison"),
    inside("/doubtful-deductions/$id", reports, "DoubtfulDeduction"),
    inside("/conflicts", conflicts, "Conflicts"),
    inside("/sign-in-locks", locks, "Locks"),
    inside("/staff-sessions", staff, "StaffSessions"),
    inside("/access-log", staff, "AccessLog"),
    inside("/audit", audit, "Audit"),
    createRoute({ getParentRoute: () => shell, path: "$", component: NoSuchPage }),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  ...plainSearch,
  defaultPendingComponent: PageLoading,
  defaultErrorComponent: RouteFailure,
  defaultNotFoundComponent: NoSuchPage,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});
