import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("jobs", {
  zh: {
    waiting: "等待开始",
    cancelling: "正在停止",
    count: "已完成 {{done}} / {{total}}",
    "count.open": "已完成 {{done}}",
    gone: "已用 {{time}}",
    left: "约剩 {{time}}",
    leave: "可以离开本页，处理不会中断；结果在同一地址。",
  },
  en: {
    waiting: "Waiting to start",
    cancelling: "It is being stopped",
    count: "{{done}} of {{total}}",
    "count.open": "{{done}} done",
    gone: "{{time}} so far",
    left: "about {{time}} left",
    leave: "You may leave this page: the work goes on, and its result stands at this address.",
  },
});
