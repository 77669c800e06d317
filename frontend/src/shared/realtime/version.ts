import { useEffect, useState } from "react";
import { type Live, useLive } from "./index.ts";

/** By when what one did oneself has come back to the page, and stands there. */
const OWN_CHANGE_MS = 700;

/**
 * Hears of changes, and asks before it tells of one whether the page shows it already: one's own steps are told of too.
 * `etag` is the tag of what is shown, and `read`, the same function all along, asks for that of what is there now.
 */
export function useLiveVersion(
  subjectType: string,
  id: string,
  etag: string,
  read: () => Promise<string>,
): Live {
  const { changed, withdrawn, seen, refresh } = useLive(subjectType, id);
  const [isOther, setOther] = useState(false);
  useEffect(() => {
    if (!changed) {
      setOther(false);
      return undefined;
    }
    let isPast = false;
    const timer = setTimeout(() => {
      read()
        .then((now) => {
          if (isPast) return;
          if (now === etag) seen();
          else setOther(true);
        })
        .catch(() => {
          if (!isPast) setOther(true);
        });
    }, OWN_CHANGE_MS);
    return () => {
      isPast = true;
      clearTimeout(timer);
    };
  }, [changed, etag, read, seen]);
  return { changed: isOther, withdrawn, seen, refresh };
}
