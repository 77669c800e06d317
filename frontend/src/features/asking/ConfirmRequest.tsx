import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem, fetchOrProblem, houseHeaders, type RequestToConfirm, request } from "@/shared/api";
import { useTexts } from "@/shared/i18n";
import { useSpoken } from "@/shared/names";
import { Frame } from "@/shared/outside";
import { ActionForm, Failure, Notice, Skeleton } from "@/shared/ui";
import { CONFIRMATION } from "./queries.ts";
import { texts } from "./texts.ts";

/** Where the link of the message leads: only a press confirms, since programs open links in mail as well. */
export function ConfirmRequest() {
  const { key, pool } = useParams({ strict: false }) as { key: string; pool: string };
  const t = useTexts(texts);
  const spoken = useSpoken();
  const [isDone, setDone] = useState(false);
  const found = useQuery({
    queryKey: ["licence-request", key],
    queryFn: async ({ signal }) => {
      const response = await fetchOrProblem(CONFIRMATION, {
        headers: { ...houseHeaders(false), "X-Confirmation-Key": key },
        signal,
      });
      return (await response.json()) as RequestToConfirm;
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (found.isError && !asProblem(found.error).isGone) {
    return (
      <Frame title={t("confirm")}>
        <Failure error={found.error} retry={() => void found.refetch()} />
      </Frame>
    );
  }
  if (found.isError) {
    return (
      <Frame title={t("confirm.bad")} lead={t("confirm.bad.text")}>
        <p>
          <Link to={`/asking/${pool}` as never}>{t("confirm.again")}</Link>
        </p>
        <p>
          <Link to="/asking">{t("lists")}</Link>
        </p>
      </Frame>
    );
  }
  if (found.data === undefined) {
    return (
      <Frame title={t("confirm")}>
        <Skeleton height={96} />
      </Frame>
    );
  }
  const { data } = found;
  const about = { owner: spoken(data.owner_name), pool: spoken(data.pool_name) };
  if (isDone || data.is_confirmed) {
    return (
      <Frame title={t("confirmed")} lead={t("confirmed.text", about)}>
        <Notice>{t("confirmed.later")}</Notice>
      </Frame>
    );
  }
  return (
    <Frame title={t("confirm")} lead={t(data.is_whole ? "confirm.all" : "confirm.some", about)}>
      <Notice>{t("ask.private")}</Notice>
      <ActionForm
        submit={t("confirm.submit")}
        send={() => request("POST", CONFIRMATION, { body: { key } })}
        onDone={() => setDone(true)}
      >
        {null}
      </ActionForm>
    </Frame>
  );
}
