// Keeps an order's page in step: a socket says that something changed, the page then reads itself anew.
// Attributes: data-socket-url (path or ws address), hx-get/hx-select on the element, refreshed by "order-changed".
const LEAST_WAIT_MS = 1000;
const MOST_WAIT_MS = 30000;
const POLL_MS = 20000;
const FAILURES_BEFORE_POLLING = 2;

export default function liveOrder(element) {
  let failures = 0;
  let poll = 0;
  let hasHeard = false;
  let socket = null;

  const refresh = () => element.dispatchEvent(new CustomEvent("order-changed", { bubbles: true }));

  function startPolling() {
    poll ||= setInterval(() => { if (!document.hidden) refresh(); }, POLL_MS);
  }

  function stopPolling() {
    clearInterval(poll);
    poll = 0;
  }

  function connect() {
    if (!element.isConnected) return stopPolling();
    const url = new URL(element.dataset.socketUrl, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    socket = new WebSocket(url);
    socket.addEventListener("open", () => { failures = 0; stopPolling(); });
    socket.addEventListener("message", (event) => {
      // The element that took this one's place listens for itself.
      if (!element.isConnected) { socket.close(); return; }
      const word = JSON.parse(event.data);
      if (word.type !== "changed") return;
      // The first word after loading tells where things stand; the page already shows that.
      // Later ones count even under the same number: a hold that ran out is no new status of an order.
      const isKnown = !hasHeard && String(word.seq) === element.dataset.seq;
      hasHeard = true;
      if (!isKnown) refresh();
    });
    socket.addEventListener("close", again);
    return undefined;
  }

  function again() {
    failures += 1;
    if (failures >= FAILURES_BEFORE_POLLING) startPolling();
    const wait = Math.min(MOST_WAIT_MS, LEAST_WAIT_MS * 2 ** (failures - 1));
    setTimeout(connect, wait * (0.75 + Math.random() / 2));
  }

  addEventListener("pagehide", () => socket?.close());
  connect();
}
