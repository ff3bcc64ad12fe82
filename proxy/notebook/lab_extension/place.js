// @ts-check
/**
 * Where this page is: which server, below which front. The relay says so to whoever comes without a pass,
 * so nobody has to hand it down, and it holds also after front has moved.
 */

/** Is it in another page's frame? */
export const isInside = window.parent !== window;
const PATIENCE = 10_000;

/**
 * @param {any} app JupyterLab's front end
 * @returns {Promise<{front: string, server: string}>} front's origin, and `owner/workspace`
 */
export async function findPlace(app) {
  const { baseUrl } = app.serviceManager.serverSettings;
  const answer = await fetch(new URL("api/me", new URL(baseUrl, location.href)), {
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const { open } = await answer.json();
  const { origin, pathname } = new URL(open);
  const [way, owner, workspace] = pathname.split("/").slice(1);
  if (way !== "open" || !owner || !workspace) throw new Error(`${open} names no server`);
  return { front: origin, server: `${owner}/${workspace}` };
}

/** @param {string} address @returns {boolean} whether the browser allowed it */
export function openWindow(address) {
  const place = `width=560,height=680,left=${screenX + 80},top=${screenY + 80}`;
  return window.open(address, "sifu-coming-back", `popup,${place}`) !== null;
}
