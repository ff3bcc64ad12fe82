// What pages do by themselves: keep times fresh, ask before a stop, follow the start of a server.
// Every page works without it.

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

addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.account[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.account[open]");
  if (event.key === "Escape" && menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

const page = document.querySelector("[data-events]");
if (page) followStart(page);

function followStart(page) {
  const { action, events, wayOn, state } = page.dataset;
  const part = (name) => page.querySelector(`[data-part=${name}]`);
  const [bar, steps, notice, log, form] = ["bar", "steps", "notice", "log", "form"].map(part);

  const heading = page.querySelector("h1");

  function say(message) {
    if (steps.lastElementChild?.textContent === message) return;
    const step = document.createElement("li");
    step.textContent = message;
    steps.append(step);
  }

  function fail(message, lines = []) {
    heading.textContent = "The server did not start";
    bar.hidden = steps.hidden = true;
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
    heading.textContent = "Starting the server";
    notice.hidden = log.hidden = form.hidden = true;
    bar.hidden = steps.hidden = false;
    bar.value = 3;
    if (state !== "stopping") steps.replaceChildren();
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
  if (state === "starting" || state === "stopping" || state === "stopped") begin();
}
