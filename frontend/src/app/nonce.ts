/**
 * Gives every style element that a library makes the nonce of this page. Ant Design takes the nonce for its own, but the
 * lock that keeps the page from scrolling behind a dialogue does not, and the content policy would refuse it.
 */
export function readNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}

export function carryNonce(nonce: string): void {
  if (nonce === "") return;
  const create = document.createElement.bind(document) as typeof document.createElement;
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (name === "style") (element as HTMLStyleElement).nonce = nonce;
    return element;
  }) as typeof document.createElement;
}
