import { useState } from "react";
import type { OpenDeclaration, Problem } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { DownloadMenu } from "@/shared/papers";
import { FormProblem } from "@/shared/ui";
import { DECLARATIONS, useChecks } from "./queries.ts";
import { openTexts } from "./texts/index.ts";

const FORMS = [
  { key: "zh", as: "pdf", language: "zh" },
  { key: "en", as: "pdf", language: "en" },
] as const;

/** The declaration as a paper to seal: once it was filed, or nothing stands against filing its draft. */
export function StatementPaper({ declaration }: { declaration: OpenDeclaration }) {
  const t = useTexts(openTexts);
  const checks = useChecks(declaration.id);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (!checks.data?.is_ready) return null;
  return (
    <>
      <DownloadMenu
        quiet
        path={`${DECLARATIONS}/${declaration.id}/document`}
        name={`${declaration.publication}-${t("paper")}`}
        forms={FORMS.map((form) => ({ ...form, label: t(`paper.${form.key}`) }))}
        onProblem={setProblem}
      />
      <FormProblem problem={problem} />
    </>
  );
}
