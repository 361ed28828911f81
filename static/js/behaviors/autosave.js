// A form that saves itself while somebody types. Without it the buttons save; both go the same way.
const PAUSE = 1200;

export default function autosave(form) {
  const status = document.querySelector("[data-autosave-status]");
  const version = form.elements.namedItem("version");
  let timer = 0;
  let running = null;
  let isStopped = false;

  function say(words) {
    if (status) status.textContent = words;
  }

  async function save(options = {}) {
    const answer = await fetch(form.action || location.href, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Autosave": "1" },
      ...options,
    });
    const said = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    if (said.version) version.value = said.version;
    // Somebody else saved, or it went to moderation: from here on the button asks.
    if (answer.status === 409) isStopped = true;
    say(said.words ?? "");
  }

  function run() {
    timer = 0;
    if (isStopped || running) return;
    running = save().catch(() => say("")).finally(() => { running = null; });
  }

  function later() {
    clearTimeout(timer);
    say("");
    if (!form.dataset.sent) timer = setTimeout(run, PAUSE);
  }

  form.addEventListener("input", later);
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    timer = 0;
    if (form.dataset.sent === "yes") {
      event.preventDefault();
      return;
    }
    if (running) {
      // What is under way brings the version that this sending has to carry.
      event.preventDefault();
      const button = event.submitter;
      await running;
      form.requestSubmit(button);
      return;
    }
    form.dataset.sent = "yes";
  });
  // Whoever closes the page in the middle of a word loses nothing either.
  window.addEventListener("pagehide", () => {
    if (!timer || form.dataset.sent || isStopped) return;
    clearTimeout(timer);
    timer = 0;
    save({ keepalive: true }).catch(() => {});
  });
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });
}
