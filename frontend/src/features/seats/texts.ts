import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("seats", {
  zh: {
    title: "席位",
    lead: "谁代表哪个组织，担任什么角色。",
    person: "人员",
    position: "职务",
    since: "开通时间",
    ended: "结束时间",
    state: "状态",
    active: "有效",
    "active.no": "已结束",
    roles: "角色",
    "roles.none": "没有可见的角色",
    end: "结束席位",
    "end.title": "结束这个席位？",
    "end.text":
      "{{name}} 将立即失去在{{organisation}}的席位及其全部角色；已打开的页面会随即清空。此操作会写入审计记录。",
    "end.done": "席位已结束",
    "end.already": "席位已经结束。",
    empty: "没有可见的席位",
  },
  en: {
    title: "Seats",
    lead: "Who acts for which organisation, and in which roles.",
    person: "Person",
    position: "Position",
    since: "Since",
    ended: "Ended",
    state: "State",
    active: "Active",
    "active.no": "Ended",
    roles: "Roles",
    "roles.none": "No roles you may see",
    end: "End the seat",
    "end.title": "End this seat?",
    "end.text":
      "{{name}} loses the seat at {{organisation}} at once, with every role it holds; pages that are open there empty themselves. This goes on record.",
    "end.done": "The seat has ended",
    "end.already": "These seats have ended already.",
    empty: "No seats you may see",
  },
});
