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

  async function build() {
    const { IConnectionStatus } = await use("@jupyterlab/services").catch(() => ({}));
    const plugin = {
      id: `${NAME}:plugin`,
      description: "Says why the server does not answer, and leads the way back.",
      autoStart: true,
      optional: [IConnectionStatus].filter(Boolean),
      /** @param {any} app @param {{isConnected: boolean} | null} [status] */
      activate: async (app, status) => {
        try {
          const { keepDoor } = await import(new URL("door.js", here).href);
          keepDoor(app, status ?? null, new URL("../..", here));
        } catch (problem) {
          console.warn(`${NAME} is not used in this page:`, problem);
        }
      },
    };
    return { __esModule: true, default: [plugin] };
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
