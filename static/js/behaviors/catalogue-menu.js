// The Catalogue button opens the two-pane menu, fetched when first needed; without scripts it is a link.
const PAUSE_MS = 90;

export default function catalogueMenu(button) {
  const panel = document.getElementById(button.getAttribute("aria-controls"));
  const url = button.dataset.menuUrl;
  const panes = new Map();
  let isLoaded = false;
  let timer = 0;
  button.setAttribute("role", "button");
  button.setAttribute("aria-expanded", "false");

  async function read(address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  function close(isFocusKept = false) {
    panel.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (isFocusKept) button.focus();
  }

  async function open() {
    if (!isLoaded) {
      button.setAttribute("aria-busy", "true");
      try {
        panel.innerHTML = await read(url);
        isLoaded = true;
      } catch {
        location.assign(button.href);
        return;
      } finally {
        button.removeAttribute("aria-busy");
      }
    }
    panel.hidden = false;
    button.setAttribute("aria-expanded", "true");
  }

  async function showRoot(link) {
    const code = link.dataset.root;
    if (!panes.has(code)) panes.set(code, read(`${url}?root=${encodeURIComponent(code)}`));
    try {
      const text = await panes.get(code);
      panel.querySelector("[data-root][aria-current]")?.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      panel.querySelector("[data-menu-pane]").innerHTML = text;
    } catch {
      panes.delete(code);
    }
  }

  function lead(event, pause) {
    const link = event.target.closest("[data-root]");
    clearTimeout(timer);
    if (link && !link.hasAttribute("aria-current")) timer = setTimeout(showRoot, pause, link);
  }

  button.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (panel.hidden) open();
    else close();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); button.click(); }
  });
  panel.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse") lead(event, PAUSE_MS); });
  panel.addEventListener("focusin", (event) => lead(event, 0));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) close(true); });
  document.addEventListener("click", (event) => {
    if (!panel.hidden && !panel.contains(event.target) && !button.contains(event.target)) close();
  });
}
