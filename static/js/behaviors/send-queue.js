// The round of a courier: tells what waits for a line, sends it when there is one, then shows where things stand.
import { say } from "../notices.js";
import * as outbox from "../outbox.js";

export default function sendQueue(element) {
  outbox.open(element.dataset.queue);
  const notice = element.querySelector("[data-queue-notice]");
  const count = element.querySelector("[data-queue-count]");
  const words = element.querySelector("[data-queue-words]").dataset;

  function show() {
    const commands = outbox.waiting();
    notice.hidden = commands.length === 0;
    count.textContent = String(commands.length);
    element.querySelectorAll("form[data-queue-label]").forEach((form) => {
      const isWaiting = commands.some((command) => command.url === form.action);
      form.classList.toggle("is-queued", isWaiting);
    });
  }

  async function sendAll() {
    if (!outbox.waiting().length) return;
    const { settled, failure } = await outbox.flush();
    show();
    if (failure === "signed-out") say("error", words.signedOut);
    const refused = settled.filter((one) => one.state === "refused");
    if (refused.length) say("error", refused.map((one) => `${one.command.label}: ${one.message}`).join(" "));
    if (settled.length && !refused.length && !failure) location.assign(element.dataset.home ?? location.pathname);
  }

  outbox.changed.addEventListener("change", show);
  outbox.changed.addEventListener("retry", sendAll);
  addEventListener("online", sendAll);
  element.addEventListener("queued", sendAll);
  show();
  sendAll();
}
