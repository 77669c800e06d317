import {
  ApartmentOutlined as Apartment,
  ArrowDownOutlined as ArrowDown,
  ArrowUpOutlined as ArrowUp,
  AuditOutlined as Audit,
  BankOutlined as Bank,
  BarChartOutlined as BarChart,
  BellOutlined as Bell,
  BulbOutlined as Bulb,
  CalculatorOutlined as Calculator,
  CaretDownOutlined as CaretDown,
  CaretUpOutlined as CaretUp,
  CheckOutlined as Check,
  CheckCircleOutlined as CheckCircle,
  ClockCircleOutlined as ClockCircle,
  CloseOutlined as Close,
  ClusterOutlined as Cluster,
  DeleteOutlined as Delete,
  DisconnectOutlined as Disconnect,
  DownloadOutlined as Download,
  EllipsisOutlined as Ellipsis,
  ExclamationCircleOutlined as ExclamationCircle,
  EyeOutlined as Eye,
  EyeInvisibleOutlined as EyeInvisible,
  FileProtectOutlined as FileProtect,
  FileTextOutlined as FileText,
  HomeOutlined as Home,
  IdcardOutlined as Idcard,
  InfoCircleOutlined as InfoCircle,
  KeyOutlined as Key,
  LayoutOutlined as Layout,
  LoadingOutlined as Loading,
  LockOutlined as Lock,
  LogoutOutlined as Logout,
  MailOutlined as Mail,
  MenuOutlined as Menu,
  MessageOutlined as Message,
  MinusCircleOutlined as MinusCircle,
  PaperClipOutlined as PaperClip,
  PlusOutlined as Plus,
  QuestionCircleOutlined as QuestionCircle,
  ReadOutlined as Read,
  RightOutlined as Right,
  SafetyOutlined as Safety,
  SafetyCertificateOutlined as SafetyCertificate,
  SearchOutlined as Search,
  SettingOutlined as Setting,
  ShareAltOutlined as ShareAlt,
  SolutionOutlined as Solution,
  SwapOutlined as Swap,
  TableOutlined as Table,
  TeamOutlined as Team,
  TranslationOutlined as Translation,
  UnlockOutlined as Unlock,
  UserOutlined as User,
} from "@ant-design/icons";
import { type ComponentProps, type ComponentType, createElement } from "react";

type IconProps = ComponentProps<typeof Apartment>;

/** An icon beside words says nothing of its own: read aloud, its English name would only stand before them. */
function mute(icon: ComponentType<IconProps>) {
  return (props: IconProps) =>
    createElement(icon, { "aria-hidden": true, "aria-label": undefined, ...props });
}

export const ApartmentOutlined = /* @__PURE__ */ mute(Apartment);
export const ArrowDownOutlined = /* @__PURE__ */ mute(ArrowDown);
export const ArrowUpOutlined = /* @__PURE__ */ mute(ArrowUp);
export const AuditOutlined = /* @__PURE__ */ mute(Audit);
export const BankOutlined = /* @__PURE__ */ mute(Bank);
export const BarChartOutlined = /* @__PURE__ */ mute(BarChart);
export const BellOutlined = /* @__PURE__ */ mute(Bell);
export const BulbOutlined = /* @__PURE__ */ mute(Bulb);
export const CalculatorOutlined = /* @__PURE__ */ mute(Calculator);
export const CaretDownOutlined = /* @__PURE__ */ mute(CaretDown);
export const CaretUpOutlined = /* @__PURE__ */ mute(CaretUp);
export const CheckCircleOutlined = /* @__PURE__ */ mute(CheckCircle);
export const CheckOutlined = /* @__PURE__ */ mute(Check);
export const ClockCircleOutlined = /* @__PURE__ */ mute(ClockCircle);
export const CloseOutlined = /* @__PURE__ */ mute(Close);
export const ClusterOutlined = /* @__PURE__ */ mute(Cluster);
export const DeleteOutlined = /* @__PURE__ */ mute(Delete);
export const DisconnectOutlined = /* @__PURE__ */ mute(Disconnect);
export const DownloadOutlined = /* @__PURE__ */ mute(Download);
export const EllipsisOutlined = /* @__PURE__ */ mute(Ellipsis);
export const ExclamationCircleOutlined = /* @__PURE__ */ mute(ExclamationCircle);
export const EyeInvisibleOutlined = /* @__PURE__ */ mute(EyeInvisible);
export const EyeOutlined = /* @__PURE__ */ mute(Eye);
export const FileProtectOutlined = /* @__PURE__ */ mute(FileProtect);
export const FileTextOutlined = /* @__PURE__ */ mute(FileText);
export const HomeOutlined = /* @__PURE__ */ mute(Home);
export const IdcardOutlined = /* @__PURE__ */ mute(Idcard);
export const InfoCircleOutlined = /* @__PURE__ */ mute(InfoCircle);
export const KeyOutlined = /* @__PURE__ */ mute(Key);
export const LayoutOutlined = /* @__PURE__ */ mute(Layout);
export const LoadingOutlined = /* @__PURE__ */ mute(Loading);
export const LockOutlined = /* @__PURE__ */ mute(Lock);
export const LogoutOutlined = /* @__PURE__ */ mute(Logout);
export const MailOutlined = /* @__PURE__ */ mute(Mail);
export const MessageOutlined = /* @__PURE__ */ mute(Message);
export const MenuOutlined = /* @__PURE__ */ mute(Menu);
export const MinusCircleOutlined = /* @__PURE__ */ mute(MinusCircle);
export const PaperClipOutlined = /* @__PURE__ */ mute(PaperClip);
export const PlusOutlined = /* @__PURE__ */ mute(Plus);
export const QuestionCircleOutlined = /* @__PURE__ */ mute(QuestionCircle);
export const ReadOutlined = /* @__PURE__ */ mute(Read);
export const RightOutlined = /* @__PURE__ */ mute(Right);
export const SafetyCertificateOutlined = /* @__PURE__ */ mute(SafetyCertificate);
export const SafetyOutlined = /* @__PURE__ */ mute(Safety);
export const SearchOutlined = /* @__PURE__ */ mute(Search);
export const SettingOutlined = /* @__PURE__ */ mute(Setting);
export const ShareAltOutlined = /* @__PURE__ */ mute(ShareAlt);
export const SolutionOutlined = /* @__PURE__ */ mute(Solution);
export const SwapOutlined = /* @__PURE__ */ mute(Swap);
export const TableOutlined = /* @__PURE__ */ mute(Table);
export const TeamOutlined = /* @__PURE__ */ mute(Team);
export const TranslationOutlined = /* @__PURE__ */ mute(Translation);
export const UnlockOutlined = /* @__PURE__ */ mute(Unlock);
export const UserOutlined = /* @__PURE__ */ mute(User);
