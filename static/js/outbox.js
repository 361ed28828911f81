// Commands of a courier wait here, on this phone, until the line is back; then they go out in their order.
// An answer below 500 settles a command (done or refused); no answer at all, or a broken server, leaves it.
// Every command carries a key, so sending it twice does nothing twice.
const FIRST_WAIT_MS = 4000;
const LONGEST_WAIT_MS = 60000;
const SETTLED = Object.freeze({ sent: "sent", refused: "refused" });

let name = "";
let wait = FIRST_WAIT_MS;
let timer = 0;
let running = null;

export const changed = new EventTarget();

export function open(owner) {
  name = `courier-queue:${owner}`;
}

export function waiting() {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "[]");
  } catch {
    return [];
  }
}

function keep(commands) {
  localStorage.setItem(name, JSON.stringify(commands));
  changed.dispatchEvent(new Event("change"));
}

export function put(command) {
  const others = waiting().filter((other) => other.key !== command.key || other.url !== command.url);
  keep([...others, command]);
}

function drop(command) {
  keep(waiting().filter((other) => other.key !== command.key || other.url !== command.url));
}

// The page's own token: the one that was kept may have been renewed since.
function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

async function send(command) {
  const body = new URLSearchParams(command.fields);
  body.set("csrfmiddlewaretoken", token());
  const answer = await fetch(command.url, { method: "POST", body, headers: { Accept: "application/json" } });
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (!isOurs) {
    // A page instead of a word: signed out, a stale token, a limit, a broken server. It stays.
    throw new Error(answer.redirected ? "signed-out" : "no-answer");
  }
  return { state: answer.ok ? SETTLED.sent : SETTLED.refused, ...(await answer.json()) };
}

async function sendAll() {
  const settled = [];
  for (let command = waiting()[0]; command; command = waiting()[0]) {
    try {
      const answer = await send(command);
      drop(command);
      settled.push({ command, ...answer });
      wait = FIRST_WAIT_MS;
    } catch (error) {
      again();
      return { settled, failure: error.message };
    }
  }
  return { settled, failure: "" };
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(() => changed.dispatchEvent(new Event("retry")), wait);
  wait = Math.min(LONGEST_WAIT_MS, wait * 2);
}

// One sender at a time, also with two tabs open.
export function flush() {
  const work = () => (navigator.locks ? navigator.locks.request(name, sendAll) : sendAll());
  running ??= work().finally(() => { running = null; });
  return running;
}
