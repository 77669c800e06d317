import { App, Button, Tooltip } from "antd";
import { type ReactNode, useState } from "react";

interface StepButtonProps {
  label: ReactNode;
  /** Takes the step, or opens what asks for a word first. */
  onTake: () => Promise<void> | void;
  /** What is asked before it is taken, for steps that cannot be taken back. */
  confirm?: { title: string; text: string };
}

/** The one step most people come to a page to take; it is taken once, however often it is clicked. */
export function StepButton({ label, onTake, confirm }: StepButtonProps) {
  const { modal } = App.useApp();
  const [busy, setBusy] = useState(false);
  const take = () => {
    const taken = onTake();
    if (taken === undefined) return;
    setBusy(true);
    void taken.finally(() => setBusy(false));
  };
  const ask = () => {
    if (confirm === undefined) take();
    else void modal.confirm({ title: confirm.title, content: confirm.text, okText: label, onOk: take });
  };
  return (
    <Button type="primary" loading={busy} onClick={ask}>
      {label}
    </Button>
  );
}

/** A step that waits for somebody else; `describedBy` names the sentence on the page that says why. */
export function StepOfAnother({
  label,
  why,
  describedBy,
}: {
  label: ReactNode;
  why: string;
  describedBy: string;
}) {
  return (
    <Tooltip title={why}>
      <Button type="primary" disabled aria-describedby={describedBy}>
        {label}
      </Button>
    </Tooltip>
  );
}
