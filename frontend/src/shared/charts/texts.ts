import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("charts", {
  zh: {
    view: "显示方式",
    chart: "图",
    table: "表",
    save: "保存：{{title}}",
    "save.png": "PNG 图片",
    "save.svg": "SVG 矢量图",
    "save.csv": "CSV 数据",
  },
  en: {
    view: "Shown as",
    chart: "Chart",
    table: "Table",
    save: "Save: {{title}}",
    "save.png": "PNG picture",
    "save.svg": "SVG drawing",
    "save.csv": "CSV data",
  },
});
