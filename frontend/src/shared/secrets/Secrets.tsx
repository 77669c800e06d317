import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal } from "antd";
import { type ReactNode, useState } from "react";
import { asProblem, keys, request } from "@/shared/api";
import type { PageOf } from "@/shared/table";
import { ActionForm, Failure, Panel, Skeleton, StateMark } from "@/shared/ui";
import { ShownOnce } from "./ShownOnce.tsx";
import styles from "./secrets.module.css";

interface Kept {
  id: string;
  name: string;
  /** How the secret begins: all of it that is kept in words. */
  start: string;
}

interface Props<Row extends Kept, Values extends object> {
  path: string;
  title: string;
  note: string;
  none: string;
  /** What is told of one below its name. */
  about: (row: Row) => ReactNode;
  make: {
    label: string;
    initialValues?: Partial<Values>;
    fields: ReactNode;
    /** Makes one, and returns its secret. */
    send: (values: Values, key: string) => Promise<string>;
  };
  shown: { title: string; warning: string; copy: string };
  revoke: {
    label: string;
    title: (name: string) => string;
    text: string;
    done: string;
    isDone?: (row: Row) => boolean;
    send: (row: Row) => Promise<unknown>;
  };
}

/** Secrets that somebody made for programs: a list that tells how each begins, and each in full once. */
export function Secrets<Row extends Kept, Values extends object>(props: Props<Row, Values>) {
  const { path, title, note, none, about, make, shown, revoke } = props;
  const client = useQueryClient();
  const { modal, message } = App.useApp();
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const found = useQuery({
    queryKey: keys.lists(path),
    queryFn: ({ signal }) => request<PageOf<Row>>("GET", path, { signal }),
    staleTime: 0,
  });
  const again = () => client.invalidateQueries({ queryKey: keys.lists(path) });
  const take = async (row: Row) => {
    const agreed = await modal.confirm({
      title: revoke.title(row.name),
      content: revoke.text,
      okText: revoke.label,
      okButtonProps: { danger: true },
    });
    if (!agreed) return;
    try {
      await revoke.send(row);
      void message.success(revoke.done);
      await again();
    } catch (error) {
      void message.error(asProblem(error).message);
    }
  };
  if (found.isError) return <Failure error={found.error} retry={() => void found.refetch()} />;
  return (
    <>
      <Panel
        flush
        title={title}
        extra={
          <Button size="small" onClick={() => setMaking(true)}>
            {make.label}
          </Button>
        }
      >
        <ul className={styles.items}>
          <li className={styles.item}>
            <p className={styles.note}>{note}</p>
          </li>
          {found.isPending && (
            <li className={styles.item}>
              <Skeleton width="60%" />
            </li>
          )}
          {found.data?.items.length === 0 && <li className={styles.item}>{none}</li>}
          {found.data?.items.map((row) => (
            <li key={row.id} className={styles.item}>
              <div className={styles.text}>
                <p className={styles.name}>
                  {row.name} <code>{row.start}…</code>
                </p>
                <p className={styles.note}>{about(row)}</p>
              </div>
              {revoke.isDone?.(row) ? (
                <StateMark standing="closed">{revoke.done}</StateMark>
              ) : (
                <Button size="small" danger onClick={() => void take(row)}>
                  {revoke.label}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Panel>
      <Modal
        open={isMaking}
        title={make.label}
        footer={null}
        width={440}
        destroyOnHidden
        onCancel={() => setMaking(false)}
      >
        <ActionForm<Values>
          submit={make.label}
          {...(make.initialValues ? { initialValues: make.initialValues } : {})}
          send={async (values, key) => setSecret(await make.send(values, key))}
          onDone={() => {
            setMaking(false);
            void again();
          }}
        >
          {make.fields}
        </ActionForm>
      </Modal>
      <ShownOnce secret={secret} {...shown} onClose={() => setSecret(null)} />
    </>
  );
}
