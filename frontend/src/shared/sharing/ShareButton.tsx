import { Button, Drawer } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTexts } from "@/shared/i18n";
import { Skeleton } from "@/shared/ui";
import { ShareAltOutlined } from "@/shared/ui/icons";
import { texts } from "./texts.ts";

const Dialogue = lazy(() => import("./Dialogue.tsx"));

interface Props {
  subjectType: string;
  subjectId: string;
  title: string;
}

/** Who sees this and why, and sharing it; on every page of an object. */
export function ShareButton({ subjectType, subjectId, title }: Props) {
  const t = useTexts(texts);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon={<ShareAltOutlined />} onClick={() => setOpen(true)}>
        {t("open")}
      </Button>
      <Drawer
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t("title", { title })}
        size={560}
        destroyOnHidden
      >
        <Suspense fallback={<Skeleton height={160} />}>
          <Dialogue subjectType={subjectType} subjectId={subjectId} />
        </Suspense>
      </Drawer>
    </>
  );
}
