// The search field's list: a combobox over the answer of data-suggest-url, which holds role="option" rows.
const PAUSE_MS = 150;
const LEAST_LETTERS = 2;

export default function suggest(form) {
  const field = form.querySelector("input[type=search]");
  const panel = form.querySelector(".search__panel");
  const status = form.querySelector("[data-suggest-status]");
  let timer = 0;
  let request = null;
  let active = -1;
  const options = () => [...panel.querySelectorAll('[role="option"]')];

  panel.setAttribute("role", "listbox");
  panel.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", panel.id]]) {
    field.setAttribute(name, value);
  }

  function close() {
    panel.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function open() {
    const rows = options();
    if (!rows.length) return close();
    rows.forEach((row, index) => { row.id ||= `${panel.id}-${index}`; row.setAttribute("aria-selected", "false"); });
    panel.hidden = false;
    active = -1;
    field.setAttribute("aria-expanded", "true");
    status.textContent = String(rows.length);
  }

  function move(step) {
    const rows = options();
    if (!rows.length) return;
    if (panel.hidden) open();
    rows[active]?.setAttribute("aria-selected", "false");
    active = (active + step + rows.length + (active < 0 && step < 0 ? 1 : 0)) % rows.length;
    rows[active].setAttribute("aria-selected", "true");
    rows[active].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", rows[active].id);
  }

  async function ask() {
    const words = field.value.trim();
    request?.abort();
    if (words.length < LEAST_LETTERS) { panel.replaceChildren(); return close(); }
    request = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggestUrl}?${new URLSearchParams({ q: words })}`, { signal: request.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) return close();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      panel.replaceChildren(...page.body.childNodes);
      if (document.activeElement === field) open();
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE_MS); });
  field.addEventListener("focus", () => { if (field.value.trim().length >= LEAST_LETTERS) open(); });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && !panel.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && active >= 0 && !panel.hidden) {
      event.preventDefault();
      const row = options()[active];
      (row.matches("a") ? row : row.querySelector("a"))?.click();
    }
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
  panel.addEventListener("mousedown", (event) => event.preventDefault());
}
