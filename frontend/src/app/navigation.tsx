import type { ReactNode } from "react";
import {
  ApartmentOutlined,
  AuditOutlined,
  BankOutlined,
  BarChartOutlined,
  CalculatorOutlined,
  CheckCircleOutlined,
  ClockCircleOutlined,
  ClusterOutlined,
  DisconnectOutlined,
  EyeOutlined,
  FileProtectOutlined,
  FileTextOutlined,
  HomeOutlined,
  IdcardOutlined,
  LockOutlined,
  MailOutlined,
  MessageOutlined,
  ReadOutlined,
  SafetyCertificateOutlined,
  SafetyOutlined,
  SolutionOutlined,
  SwapOutlined,
  TeamOutlined,
  UnlockOutlined,
} from "@/shared/ui/icons";
import type { ShellKey } from "./shell/texts.ts";

export interface Place {
  to: string;
  label: ShellKey;
  icon: ReactNode;
  /** Which roles work with it; without any, everybody does. What each may see there, the server decides. */
  roles?: readonly string[];
  /** Roles that find nothing there, for whoever has no other. */
  emptyFor?: readonly string[];
}

export interface PlaceGroup {
  key: string;
  label: ShellKey | null;
  places: readonly Place[];
}

const OFFICE = ["secretariat", "operator", "operations_head", "committee", "finance", "legal"];
const MEMBERS = ["member_admin", "member_staff", "member_finance", "member_negotiator"];

/** Where one can go, in the order of the week's work. */
export const PLACES: readonly PlaceGroup[] = [
  { key: "work", label: null, places: [{ to: "/", label: "nav.home", icon: <HomeOutlined /> }] },
  {
    key: "licensing",
    label: "nav.work",
    places: [
      {
        to: "/closes",
        label: "nav.closes",
        icon: <CalculatorOutlined />,
        roles: ["finance", "close_auditor"],
      },
      {
        to: "/approvals",
        label: "nav.approvals",
        icon: <CheckCircleOutlined />,
        roles: ["close_approver"],
      },
      { to: "/figures", label: "nav.figures", icon: <BarChartOutlined />, roles: ["finance"] },
      {
        to: "/invoices",
        label: "nav.invoices",
        icon: <FileTextOutlined />,
        roles: ["finance", "licensee", "auditor"],
      },
      {
        to: "/statements",
        label: "nav.statements",
        icon: <FileTextOutlined />,
        roles: ["finance", "secretariat", "member_admin", "member_finance"],
      },
      {
        to: "/books",
        label: "nav.books",
        icon: <ReadOutlined />,
        roles: ["finance", "member_admin", "member_finance", "licensee"],
      },
      { to: "/treasury", label: "nav.treasury", icon: <BankOutlined />, roles: ["finance"] },
      { to: "/receipts", label: "nav.receipts", icon: <AuditOutlined />, roles: ["finance"] },
      { to: "/cutover", label: "nav.cutover", icon: <SwapOutlined />, roles: ["finance"] },
      {
        to: "/payee-accounts",
        label: "nav.payees",
        icon: <BankOutlined />,
        roles: ["member_admin", "member_finance"],
      },
      {
        to: "/distributions",
        label: "nav.distributions",
        icon: <ApartmentOutlined />,
        roles: ["finance", "close_approver"],
      },
      {
        to: "/distribution-statements",
        label: "nav.distribution_statements",
        icon: <FileTextOutlined />,
        roles: ["secretariat", "member_admin", "member_finance"],
      },
      {
        to: "/dealings",
        label: "nav.dealings",
        icon: <MessageOutlined />,
        roles: ["secretariat", "prospect", "licensee"],
      },
      {
        to: "/member-invoices",
        label: "nav.member_invoices",
        icon: <FileProtectOutlined />,
        roles: ["finance", "member_admin", "member_finance"],
      },
      {
        to: "/withholdings",
        label: "nav.withholdings",
        icon: <BankOutlined />,
        roles: ["finance", "member_admin", "member_finance"],
      },
      {
        to: "/exchange",
        label: "nav.exchange",
        icon: <SwapOutlined />,
        roles: ["finance", "member_admin", "member_finance"],
      },
      {
        to: "/licences",
        label: "nav.licences",
        icon: <SolutionOutlined />,
        roles: [
          "secretariat",
          "finance",
          "operator",
          "operations_head",
          "licensee",
          "auditor",
          "member_admin",
          "member_staff",
          "member_finance",
        ],
      },
      { to: "/open-licences", label: "nav.open_licences", icon: <UnlockOutlined /> },
      {
        to: "/reports",
        label: "nav.reports",
        icon: <FileTextOutlined />,
        roles: ["licensee", "finance", "auditor"],
      },
      {
        to: "/audits",
        label: "nav.audits",
        icon: <AuditOutlined />,
        roles: ["licensee", "finance", "auditor"],
      },
      { to: "/programmes", label: "nav.programmes", icon: <FileProtectOutlined /> },
    ],
  },
  {
    key: "pooled",
    label: "nav.pooled",
    places: [
      { to: "/pools", label: "nav.pools", icon: <ClusterOutlined /> },
      {
        to: "/submissions",
        label: "nav.submissions",
        icon: <AuditOutlined />,
        roles: [
          "secretariat",
          "operator",
          "operations_head",
          "legal",
          "finance",
          "evaluator",
          "authority",
          ...MEMBERS,
        ],
      },
      {
        to: "/licence-requests",
        label: "nav.requests",
        icon: <SolutionOutlined />,
        roles: ["member_admin", "member_staff"],
      },
      { to: "/patents", label: "nav.patents", icon: <SafetyCertificateOutlined /> },
      {
        to: "/deadlines",
        label: "nav.deadlines",
        icon: <ClockCircleOutlined />,
        roles: [
          "secretariat",
          "operator",
          "operations_head",
          "member_admin",
          "member_staff",
          "member_finance",
        ],
      },
    ],
  },
  {
    key: "alliance",
    label: "nav.alliance",
    places: [
      {
        to: "/members",
        label: "nav.members",
        icon: <TeamOutlined />,
        roles: [...OFFICE, ...MEMBERS, "site_admin", "authority"],
      },
      {
        to: "/charters",
        label: "nav.charters",
        icon: <ReadOutlined />,
        roles: ["secretariat", "operator", "operations_head", "legal", "authority", ...MEMBERS],
      },
      { to: "/organisations", label: "nav.organisations", icon: <BankOutlined /> },
      {
        to: "/seats",
        label: "nav.seats",
        icon: <IdcardOutlined />,
        roles: ["secretariat", "site_admin", ...MEMBERS],
      },
      {
        to: "/invitations",
        label: "nav.invitations",
        icon: <MailOutlined />,
        roles: ["secretariat", "site_admin", "member_admin"],
      },
      {
        to: "/sign-in-locks",
        label: "nav.locks",
        icon: <LockOutlined />,
        roles: ["secretariat", "site_admin", "member_admin"],
      },
      {
        to: "/conflicts",
        label: "nav.conflicts",
        icon: <DisconnectOutlined />,
        roles: [
          ...OFFICE,
          "site_admin",
          "member_admin",
          "neutral",
          "evaluator",
          "expert",
          "auditor",
          "close_auditor",
          "close_approver",
        ],
      },
      {
        to: "/alliances",
        label: "nav.alliances",
        icon: <ApartmentOutlined />,
        emptyFor: ["close_approver"],
      },
    ],
  },
  {
    key: "record",
    label: "nav.record",
    places: [
      { to: "/audit", label: "nav.audit", icon: <AuditOutlined />, emptyFor: ["close_approver"] },
      {
        to: "/access-log",
        label: "nav.access",
        icon: <EyeOutlined />,
        roles: ["secretariat", "site_admin", "licensee", ...MEMBERS],
      },
      {
        to: "/staff-sessions",
        label: "nav.staff",
        icon: <SafetyOutlined />,
        roles: ["secretariat", "site_admin", "finance", ...MEMBERS],
      },
    ],
  },
];

function isEmptyFor({ emptyFor }: Place, roles: ReadonlySet<string>): boolean {
  return emptyFor !== undefined && roles.size > 0 && [...roles].every((role) => emptyFor.includes(role));
}

/** Returns the places worth showing to somebody with these roles; all of them to whom a staff session lets read. */
export function placesFor(roles: ReadonlySet<string>, readsAll = false): PlaceGroup[] {
  return PLACES.map((group) => ({
    ...group,
    places: group.places.filter(
      (place) =>
        readsAll ||
        ((!place.roles || place.roles.some((role) => roles.has(role))) && !isEmptyFor(place, roles)),
    ),
  })).filter((group) => group.places.length > 0);
}
