// @ts-check
/**
 * What a notebook of a course can do besides: be reset to the course's own, be shared as a page to read,
 * lead to the course's page. Each is a page of front, in a small window; who is who, whether this is a
 * course at all, and what happens then is decided there. The document is saved before, and read again
 * from the disk when it changed there.
 */
import { banner } from "./banner.js";
import { pathOf, saveNow, seesChange } from "./documents.js";
import { findPlace, isInside, openWindow } from "./place.js";

const CHANNEL = "sifu-coming-back";
/** Behind JupyterLab's own ways to save and to rename. */
const RANK = 15;
const LOOK_EVERY = 3_000;
const LOOK_FOR = 900_000;

/**
 * @typedef {{front: string, server: string}} Place
 * @typedef {{label: string, caption: string, isFor: (steps: string[]) => boolean, run: (context: any) => Promise<void>}} Entry
 */

/**
 * Put the entries into the File menu and the command palette, as far as the page has them.
 * @param {any} app JupyterLab's front end @param {any} menu @param {any} palette
 */
export function addEntries(app, menu, palette) {
  const entries = entriesOf(app);
  const names = Object.keys(entries);
  for (const name of names) {
    const { label, caption, isFor, run } = entries[name];
    app.commands.addCommand(name, {
      label,
      caption,
      isEnabled: () => isFor(stepsOf(app)),
      execute: async () => {
        const context = app.shell.currentWidget?.context;
        if (context && isFor(stepsOf(app))) await run(context).catch(complain);
      },
    });
    palette?.addItem({ command: name, category: "Course" });
  }
  menu?.fileMenu.addGroup(names.map((command) => ({ command })), RANK);
  const note = () => names.forEach((name) => app.commands.notifyCommandChanged(name));
  app.shell.currentChanged?.connect(note);
}

/** @param {any} app @returns {Record<string, Entry>} */
function entriesOf(app) {
  return {
    "sifu:reset": {
      label: "Reset to Original…",
      caption: "Save, and begin again with the notebook as the course has it; yours is kept beside it",
      isFor: isInFolder,
      run: async (context) => {
        if (!(await saveNow(context))) return;
        const { front, server } = await findPlace(app);
        const [course, ...rest] = stepsOf(app, context);
        const asked = { path: rest.join("/"), server, window: "1" };
        lead(`${front}/courses/${encodeURIComponent(course)}/reset?${new URLSearchParams(asked)}`, RESET);
        watch(app, context);
      },
    },
    "sifu:share": {
      label: "Share Read-Only View…",
      caption: "Save, and make a page of the notebook for whoever has its link",
      isFor: (steps) => steps.at(-1)?.endsWith(".ipynb") ?? false,
      run: async (context) => {
        if (!(await saveNow(context))) return;
        const { front, server } = await findPlace(app);
        const asked = { server, path: stepsOf(app, context).join("/"), window: "1" };
        lead(`${front}/snapshots/new?${new URLSearchParams(asked)}`, SHARE);
      },
    },
    "sifu:course": {
      label: "Open Course Page",
      caption: "The page of the course that this notebook belongs to, in a new tab",
      isFor: isInFolder,
      run: async (context) => {
        const { front } = await findPlace(app);
        const address = `${front}/courses/${encodeURIComponent(stepsOf(app, context)[0])}`;
        if (window.open(address, "_blank") === null) banner.offer(COURSE, address);
      },
    },
  };
}

const BLOCKED = "Your browser did not let this page open a window.";
const RESET = { title: "Reset to original", text: BLOCKED, way: "Go on in a window" };
const SHARE = { title: "Share a read-only view", text: BLOCKED, way: "Go on in a window" };
const COURSE = { title: "The course’s page", text: BLOCKED, way: "Open it" };

/** @param {string[]} steps of a path: the first is a course's name, if it is one */
function isInFolder(steps) {
  return steps.length > 1;
}

/** @param {any} app @param {any} [context] the current one @returns {string[]} none if nothing is open */
function stepsOf(app, context = app.shell.currentWidget?.context) {
  return context ? pathOf(app, context).split("/") : [];
}

/**
 * Show a page of front. In another page's frame it is shown there, too: a window has other cookies, and
 * would not know who is here. Where no window may be opened, a link is offered.
 * @param {string} address @param {{title: string, text: string, way: string}} words
 */
function lead(address, words) {
  if (isInside) banner.showInside({ ...words, text: "" }, address);
  else if (!openWindow(address)) banner.offer(words, address);
}

/** Read the document again once it is another on the disk. @param {any} app @param {any} context */
function watch(app, context) {
  const ends = Date.now() + LOOK_FOR;
  const channel = new BroadcastChannel(CHANNEL);
  let isLooking = false;
  const look = async () => {
    if (context.isDisposed || Date.now() > ends) return finish();
    if (isLooking || document.hidden) return;
    isLooking = true;
    const isOther = await seesChange(app, context).catch(() => false);
    isLooking = false;
    if (!isOther || context.isDisposed) return;
    finish();
    await context.revert();
    banner.tell("This is the original", "The notebook was reset. What it held before is kept beside it, under a name with the date.");
  };
  const timer = setInterval(look, LOOK_EVERY);
  const finish = () => {
    clearInterval(timer);
    channel.close();
    window.removeEventListener("focus", look);
  };
  channel.onmessage = look;
  window.addEventListener("focus", look);
}

/** @param {unknown} problem */
function complain(problem) {
  console.warn("Sifu's menu:", problem);
  banner.tell("That did not work", "Sifu did not answer as expected. Try again in a moment, or go there from Sifu’s home page.");
}
