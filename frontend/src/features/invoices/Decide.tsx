import { App, Button } from "antd";
import { asProblem, newKey, request, type WriteOff } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useRefresh, WRITE_OFFS } from "./queries.ts";
import { texts } from "./texts/index.ts";

const ADDRESSES = { approve: "approval", refuse: "refusal", withdraw: "withdrawal" } as const;

/** The steps of a proposal that are the reader's. */
export function Decide({ proposal }: { proposal: WriteOff }) {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const take = async (step: keyof typeof ADDRESSES) => {
    const agreed = await modal.confirm({
      title: t(`write_off.${step}`),
      content: t(`write_off.${step}.text`),
      okText: t(`write_off.${step}`),
    });
    if (!agreed) return;
    try {
      await request("POST", `${WRITE_OFFS}/${proposal.id}/${ADDRESSES[step]}`, { key: newKey() });
      void message.success(t(`write_off.${step}.done`));
      await refresh();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  const steps = (["approve", "refuse", "withdraw"] as const).filter((step) =>
    proposal.allowed_steps.includes(step),
  );
  if (steps.length === 0) return "–";
  return (
    <span style={{ display: "inline-flex", gap: 8 }}>
      {steps.map((step) => (
        <Button key={step} size="small" onClick={() => void take(step)}>
          {t(`write_off.${step}`)}
        </Button>
      ))}
    </span>
  );
}
