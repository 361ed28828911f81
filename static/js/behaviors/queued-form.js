// A command that must not be lost on a bad line: kept on the phone first, then sent (see outbox.js).
import * as outbox from "../outbox.js";

export default function queuedForm(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    outbox.open(form.closest("[data-queue]").dataset.queue);
    const fields = [...new FormData(form)].filter(([field]) => field !== "csrfmiddlewaretoken");
    outbox.put({ url: form.action, key: form.elements.key.value, label: form.dataset.queueLabel, fields });
    form.dispatchEvent(new CustomEvent("queued", { bubbles: true }));
  });
}
