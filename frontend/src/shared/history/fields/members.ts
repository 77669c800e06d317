/** What changes with those who take part. */
export const members = {
  zh: {
    "field.acts": "可代表办理的事项",
    "field.admission_needs_second_person": "接纳须第二人",
    "field.admitted_by_id": "接纳人",
    "field.letter": "授权书",
    "field.longest_notice_days": "最长提前退出天数",
    "field.memberships.Membership.organisation": "转入的成员资格",
    "field.on_behalf": "代为申请",
    "field.reviewed_by_id": "审核人",
    "field.sign_by_on": "签署期限",
    "field.signatory": "签署人",
  },
  en: {
    "field.acts": "Acts",
    "field.admission_needs_second_person": "Admission needs a second person",
    "field.admitted_by_id": "Admitted by",
    "field.letter": "Letter",
    "field.longest_notice_days": "Longest notice of leaving (days)",
    "field.memberships.Membership.organisation": "Memberships taken over",
    "field.on_behalf": "On behalf",
    "field.reviewed_by_id": "Reviewed by",
    "field.sign_by_on": "To be signed by",
    "field.signatory": "Signatory",
  },
};
