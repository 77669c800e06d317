import { actInSeat, api, asProblem, currentSeat, keys, type Me, take } from "@/shared/api";
import { realtime } from "@/shared/realtime";
import { queryClient } from "./queries.ts";

/** Finds out who is signed in and in which seat this tab acts; a seat that has ended gives way to another. */
export async function loadMe(): Promise<Me> {
  const known = queryClient.getQueryData<Me>(keys.me());
  if (known !== undefined) return known;
  const me = await askMe();
  actInSeat(me.seat ?? null);
  realtime.actAs(me.seat ?? null);
  queryClient.setQueryData(keys.me(), me);
  return me;
}

async function askMe(): Promise<Me> {
  try {
    return await take(api.GET("/api/v1/me"));
  } catch (error) {
    if (!asProblem(error).isForbidden || currentSeat() === null) throw error;
    actInSeat(null);
    return await take(api.GET("/api/v1/me"));
  }
}

/** Acts in another seat in this tab, and in tabs opened from now on. */
export async function switchSeat(seat: string): Promise<void> {
  await api.PUT("/api/v1/me/seat", { body: { seat } });
  forgetEverything();
  actInSeat(seat);
}

/** Empties the tab of everything that was shown to a seat. */
export function forgetEverything(): void {
  queryClient.clear();
  realtime.actAs(null);
  actInSeat(null);
}
