// Listens to an order's socket and asks htmx to read the order again when something changed.
const LONGEST_WAIT = 30_000;

function socketUrl(sent) {
  const url = new URL(sent, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url;
}

export default function liveOrder(element) {
  let seen = null;
  let wait = 1_000;

  function listen() {
    if (!element.isConnected) return;
    const socket = new WebSocket(socketUrl(element.dataset.socketUrl));
    // The page is replaced by its newer self, which opens a socket of its own.
    const whenGone = () => { if (!element.isConnected) socket.close(); };
    document.addEventListener("htmx:afterSettle", whenGone);
    socket.addEventListener("message", (event) => {
      const { type, seq } = JSON.parse(event.data);
      if (type !== "changed") return;
      wait = 1_000;
      const isFirst = seen === null;
      const isNew = String(seq) !== element.dataset.seq;
      seen = seq;
      // The first word repeats what the page knows, unless something happened in between.
      if (!isFirst || isNew) element.dispatchEvent(new CustomEvent("order-changed", { bubbles: true }));
    });
    socket.addEventListener("close", ({ code }) => {
      document.removeEventListener("htmx:afterSettle", whenGone);
      if (code === 4404 || !element.isConnected) return;
      setTimeout(listen, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  }

  listen();
}
