export { ActionForm, FormProblem, ReasonField, useServerErrors } from "./Forms.tsx";
export { Notice } from "./Notice.tsx";
export {
  type Crumb,
  type Fact,
  Facts,
  type MenuAction,
  MoreMenu,
  Page,
  type Pair,
  Pairs,
  Panel,
  RailGroup,
  ShortId,
  WithRail,
} from "./Page.tsx";
export { PageTabs, type Tab } from "./PageTabs.tsx";
export { type Standing, StateMark } from "./StateMark.tsx";
export {
  Blank,
  Empty,
  Failure,
  FailureLine,
  Gone,
  PageLoading,
  Skeleton,
  useWhatToDo,
  Withdrawn,
} from "./States.tsx";
export { StepButton, StepOfAnother } from "./Steps.tsx";
