// @ts-check
/**
 * What JupyterLab loads: the container that webpack's module federation expects, written by hand so that
 * nothing has to be built. Where the page is not as expected nothing is changed, and the console says why.
 */
(() => {
  "use strict";

  const NAME = "sifu-coming-back";
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  /** @type {any} */ let shared = {};

  /** Return a module that the page shares, the one in use if there are several. @param {string} name */
  async function use(name) {
    const versions = shared[name] ?? {};
    const chosen = Object.keys(versions).find((each) => versions[each].loaded) ?? Object.keys(versions)[0];
    return chosen ? (await versions[chosen].get())() : {};
  }

  /**
   * A plugin that is given those of the tokens that the page has, in their order, or null.
   * @param {string} id @param {string} description @param {any[]} tokens
   * @param {(app: any, ...found: any[]) => Promise<void>} begin
   */
  function plugin(id, description, tokens, begin) {
    const known = tokens.filter(Boolean);
    return {
      id: `${NAME}:${id}`,
      description,
      autoStart: true,
      optional: known,
      /** @param {any} app @param {any[]} given */
      activate: async (app, ...given) => {
        try {
          await begin(app, ...tokens.map((token) => given[known.indexOf(token)] ?? null));
        } catch (problem) {
          console.warn(`${NAME}:${id} is not used in this page:`, problem);
        }
      },
    };
  }

  async function build() {
    const names = ["@jupyterlab/services", "@jupyterlab/mainmenu", "@jupyterlab/apputils"];
    const [services, mainmenu, apputils] = await Promise.all(names.map((name) => use(name).catch(() => ({}))));
    const door = plugin(
      "plugin",
      "Says why the server does not answer, and leads the way back.",
      [services.IConnectionStatus],
      async (app, status) => {
        const { keepDoor } = await import(new URL("door.js", here).href);
        keepDoor(app, status, new URL("../..", here));
      },
    );
    const menu = plugin(
      "course",
      "Resets notebooks of courses, shares them, and leads to the course.",
      [mainmenu.IMainMenu, apputils.ICommandPalette],
      async (app, menus, palette) => {
        const { addEntries } = await import(new URL("course_menu.js", here).href);
        addEntries(app, menus, palette);
      },
    );
    return { __esModule: true, default: [door, menu] };
  }

  /** @type {any} */
  const page = window;
  page._JUPYTERLAB ??= {};
  page._JUPYTERLAB[NAME] = {
    /** @param {any} scope */
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const built = await build();
      return () => built;
    },
  };
})();
