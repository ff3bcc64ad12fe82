// What pages do by themselves: keep times fresh, ask before a stop, follow the start of a server,
// show what changes. Every page works without it.

import { followPage } from "./live.js";

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat("en", { numeric: "always" });

function sayAgo(date) {
  const seconds = (Date.now() - date) / 1000;
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? [];
  return unit ? words.format(-Math.floor(seconds / size), unit) : "just now";
}

function refreshTimes() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    time.textContent = sayAgo(date);
    time.title = date.toLocaleString();
  }
}

refreshTimes();
setInterval(refreshTimes, 30_000);

addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm;
  if (question && !confirm(question)) event.preventDefault();
});

const MENUS = "details.account[open], details.choices[open]";

addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(MENUS)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

addEventListener("keydown", (event) => {
  const menu = document.querySelector(MENUS);
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What is shown once is easily copied.
for (const field of document.querySelectorAll("input[data-copy]")) {
  field.addEventListener("focus", () => field.select());
}

// A log is as old as the page; whoever opens it sees what it says now.
addEventListener("toggle", async ({ target }) => {
  if (!target.open || !target.dataset?.log) return;
  const answer = await fetch(target.dataset.log, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { lines } = await answer.json();
  target.querySelector("pre").textContent = lines.join("\n") || "Nothing was written yet.";
}, true);

const live = document.querySelector("[data-live]");
if (live) followPage(live, refreshTimes);

const page = document.querySelector("[data-events]");
if (page) followStart(page);

function followStart(page) {
  const { action, events, wayOn, state } = page.dataset;
  const part = (name) => page.querySelector(`[data-part=${name}]`);
  const [bar, steps, notice, log] = ["bar", "steps", "notice", "log"].map(part);
  const [form, leave] = ["form", "leave"].map(part);

  const heading = page.querySelector("h1");

  function say(message) {
    if (steps.lastElementChild?.textContent === message) return;
    const step = document.createElement("li");
    step.textContent = message;
    steps.append(step);
  }

  // Whoever waits is told the newest place alone, not the way of it.
  function wait(isWaiting) {
    if (isWaiting || !leave.hidden) steps.replaceChildren();
    bar.hidden = isWaiting;
    leave.hidden = !isWaiting;
    heading.textContent = isWaiting ? "Waiting for room" : "Starting the server";
  }

  function fail(message, lines = []) {
    heading.textContent = "The server did not start";
    bar.hidden = steps.hidden = leave.hidden = true;
    notice.hidden = form.hidden = false;
    notice.textContent = message;
    log.textContent = lines.join("\n");
    log.hidden = lines.length === 0;
    form.querySelector("button").textContent = "Try again";
    form.querySelector("button").focus();
  }

  function follow() {
    const source = new EventSource(events);
    source.onmessage = ({ data }) => {
      const step = JSON.parse(data);
      if (step.state === "ready") {
        bar.value = 100;
        say(step.message);
        location.replace(wayOn);
      } else if (step.state === "failed" || step.state === "stopped") {
        fail(step.message, step.log);
      } else {
        wait(step.state === "queued");
        bar.value = Math.max(bar.value, step.percent);
        say(step.message);
        return;
      }
      source.close();
    };
    // A connection that broke comes back by itself; one that was refused does not.
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 2000);
    };
  }

  async function begin() {
    notice.hidden = log.hidden = form.hidden = true;
    steps.hidden = false;
    bar.value = 3;
    wait(state === "queued");
    if (state !== "stopping" && state !== "queued") steps.replaceChildren();
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(action, { method: "POST", headers });
      if (answer.ok) return follow();
      if (answer.status === 401) return location.reload();
      fail((await answer.json()).detail);
    } catch {
      fail("Sifu cannot be reached. Check your connection and try again.");
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
  if (["queued", "starting", "stopping", "stopped"].includes(state)) begin();
}
