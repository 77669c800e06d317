import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import type { OperatingEntity } from "@/shared/api";
import { type ExchangePositions, keys, request } from "@/shared/api";
import { useEvery } from "@/shared/choosing";
import { Amount } from "@/shared/format";
import { useLanguage, useTexts } from "@/shared/i18n";
import { nameIn } from "@/shared/names";
import { Empty, Facts, Panel } from "@/shared/ui";
import styles from "./exchange.module.css";
import { useStep } from "./parts.tsx";
import { ENTITIES } from "./queries.ts";
import { texts } from "./texts.ts";

/** What was converted and is still to be bought, by operating entity. */
export function Positions() {
  const t = useTexts(texts);
  const entities = useEvery<OperatingEntity>(ENTITIES).data ?? [];
  return (
    <div className={styles.panels}>
      <p className={styles.note}>{t("open.text")}</p>
      {entities.map((entity) => (
        <OfEntity key={entity.id} entity={entity} />
      ))}
    </div>
  );
}

function OfEntity({ entity }: { entity: OperatingEntity }) {
  const t = useTexts(texts);
  const language = useLanguage();
  const step = useStep();
  const found = useQuery({
    queryKey: keys.part(ENTITIES, entity.id, "exchange"),
    queryFn: ({ signal }) =>
      request<ExchangePositions>("GET", `${ENTITIES}/${entity.id}/exchange-positions`, { signal }),
    retry: false,
  });
  if (found.data === undefined) return null;
  return (
    <Panel title={nameIn(language, entity)}>
      {found.data.positions.length === 0 ? (
        <Empty title={t("open.none")}>{t("open.none.text")}</Empty>
      ) : (
        found.data.positions.map((row) => (
          <div key={`${row.source_currency} ${row.target_currency}`} className={styles.position}>
            <Facts
              facts={[
                {
                  key: "target",
                  label: t("open.to_buy"),
                  value: <Amount minor={row.target_minor} currency={row.target_currency} />,
                },
                {
                  key: "source",
                  label: t(row.target_minor === 0 ? "open.difference" : "open.kept"),
                  value: <Amount minor={row.source_minor} currency={row.source_currency} />,
                },
              ]}
            />
            {row.target_minor === 0 && (
              <Button
                onClick={() =>
                  void step(
                    "/api/v1/exchange-settlements",
                    { title: t("settle.title"), content: t("settle.text"), okText: t("settle") },
                    {
                      operating_entity_id: entity.id,
                      source_currency: row.source_currency,
                      target_currency: row.target_currency,
                    },
                  )
                }
              >
                {t("settle")}
              </Button>
            )}
          </div>
        ))
      )}
    </Panel>
  );
}
