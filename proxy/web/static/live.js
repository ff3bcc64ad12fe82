// A part of a page that the server renders anew whenever something in it changed. It is changed in
// place, piece by piece, so that focus, selection and what was unfolded stay.

export function followPage(part, whenChanged) {
  const banner = document.querySelector("[data-banner]");
  let source;
  let version = versionOf(part);

  function open() {
    if (source || document.hidden) return;
    source = new EventSource(part.dataset.live);
    source.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      change(part, news.part);
      change(banner, news.banner);
      if (version !== versionOf(part)) freshen().then(whenChanged);
      version = versionOf(part);
      whenChanged();
    };
    // A connection that broke comes back by itself; one that was refused does not.
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
    };
  }

  // Browsers open few connections to a server: a tab that nobody sees shall not hold one.
  function close() {
    source?.close();
    source = undefined;
  }

  addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

function versionOf(part) {
  return part.querySelector("[data-version]")?.dataset.version;
}

// With a new version more changes than is followed all the time: it is fetched with the whole page.
async function freshen() {
  const answer = await fetch(location.pathname + location.search);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (fresh) changeChildren(part, fresh);
  }
}

function change(old, html) {
  const focused = document.activeElement;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  changeChildren(old, fresh.content);
  if (focused?.isConnected && document.activeElement !== focused) focused.focus();
}

// Elements with a key are found wherever they went; the others keep their order.
function changeChildren(old, fresh) {
  const keyed = new Map([...old.children].map((child) => [keyOf(child), child]));
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const found = keyOf(wanted) ? keyed.get(keyOf(wanted)) : isAlike(place, wanted) && place;
    if (found && found === place) place = place.nextSibling;
    else old.insertBefore(found || wanted, place);
    if (found) changeNode(found, wanted);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function keyOf(node) {
  return node?.dataset?.key;
}

function isAlike(old, fresh) {
  return old && !keyOf(old) && old.nodeName === fresh.nodeName;
}

function changeNode(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute("data-keep") && fresh.hasAttribute("data-keep")) return;
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  changeChildren(old, fresh);
}
