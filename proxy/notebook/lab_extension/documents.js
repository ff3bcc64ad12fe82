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

/** @param {any} app @param {any} context of a document @returns {string} its path in the workspace */
export function pathOf(app, context) {
  return app.serviceManager.contents.localPath(context.path);
}

/**
 * Save what was typed since the last time. JupyterLab itself says why, if it cannot.
 * @param {any} context of a document @returns {Promise<boolean>} whether the disk has it all
 */
export async function saveNow(context) {
  if (!context.model.dirty || context.model.readOnly) return true;
  let outcome = "";
  const note = (/** @type {unknown} */ _, /** @type {string} */ state) => {
    outcome = state;
  };
  context.saveState.connect(note);
  try {
    await context.save();
  } catch {
    return false; // somebody chose not to
  } finally {
    context.saveState.disconnect(note);
  }
  return outcome !== "failed";
}

/**
 * Has somebody else written the file? Not asked while it holds what was not saved: at the next save
 * JupyterLab asks what is to become of it.
 * @param {any} app @param {any} context of a document
 */
export async function seesChange(app, context) {
  const known = context.contentsModel?.last_modified;
  if (context.model.dirty) return false;
  const found = await app.serviceManager.contents.get(context.path, { content: false });
  const isUntouched = !context.model.dirty && context.contentsModel?.last_modified === known;
  return isUntouched && found.last_modified !== known;
}

/** @param {unknown} problem */
function warn(problem) {
  console.warn("After coming back:", problem);
}
