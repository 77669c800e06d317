import { defineTexts } from "@/shared/i18n";

export const texts = defineTexts("choosing", {
  zh: {
    "seat.find": "输入姓名或组织查找",
    "organisation.choose": "选择组织",
    "organisations.choose": "选择一个或多个组织",
    "alliance.choose": "选择联盟",
    "entity.choose": "选择运营主体",
  },
  en: {
    "seat.find": "Type a person or an organisation",
    "organisation.choose": "Choose an organisation",
    "organisations.choose": "Choose one organisation or several",
    "alliance.choose": "Choose an alliance",
    "entity.choose": "Choose an operating entity",
  },
});
