// @ts-check
/**
 * What is open in JupyterLab's main area, and what it needs after an absence. JupyterLab's objects are
 * asked for no more than their public members.
 */

/** @param {any} app @returns {any[]} */
function widgetsOf(app) {
  return [...app.shell.widgets("main")];
}

/**
 * Let go of kernels that ended with their server, before JupyterLab complains of each; reconnect those
 * that live but were given up.
 * @param {any} app @param {Set<string>} alive the kernels that live
 * @returns {(() => void)[]} what starts a kernel of the same kind for each that was let go of
 */
export function dropLost(app, alive) {
  const contexts = widgetsOf(app).map((widget) => widget.context?.sessionContext ?? widget.sessionContext);
  const begin = [];
  for (const context of new Set(contexts)) {
    const kernel = context?.session?.kernel;
    if (!kernel) continue;
    if (alive.has(kernel.id)) {
      if (kernel.connectionStatus === "disconnected") kernel.reconnect().catch(warn);
      continue;
    }
    const { name } = kernel;
    context.session.dispose();
    begin.push(() => context.changeKernel({ name }).catch(warn));
  }
  return begin;
}

/**
 * Save what somebody wanted to save meanwhile once more: the save that waited holds the document as it
 * was then, and JupyterLab would take what was typed since for saved too.
 * @param {any} app @param {string[]} addresses of the requests that waited
 */
export async function saveAgain(app, addresses) {
  const paths = addresses.map((address) => decodeURIComponent(new URL(address).pathname));
  for (const context of new Set(widgetsOf(app).map((widget) => widget.context))) {
    const wasAsked = paths.some((path) => path.endsWith(`/api/contents/${context?.path}`));
    if (wasAsked) await context.save().catch(warn);
  }
}

/** @param {unknown} problem */
function warn(problem) {
  console.warn("After coming back:", problem);
}
