import { addressOf, fetchOrProblem, houseHeaders } from "@/shared/api";

type Query = Record<string, string | number | undefined>;

/** Fetches a file with the rights of the acting seat and hands it to the browser to keep. */
export async function downloadFile(path: string, query: Query = {}, otherwise = "download"): Promise<void> {
  const response = await fetchOrProblem(addressOf(path, query), {
    credentials: "same-origin",
    headers: houseHeaders(false),
  });
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = nameOf(response.headers.get("Content-Disposition")) ?? otherwise;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Reads the file's name out of a Content-Disposition header, the UTF-8 form first (RFC 6266). */
export function nameOf(header: string | null): string | null {
  if (header === null) return null;
  const encoded = /filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(header)?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="([^"]+)"/.exec(header)?.[1] ?? /filename=([^;]+)/.exec(header)?.[1]?.trim() ?? null;
}
