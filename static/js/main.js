// Binds behaviors: an element with data-behavior="a b" gets the modules a and b, loaded when first needed.
const modules = {
  "add-to-cart": () => import("./behaviors/add-to-cart.js"),
  "auto-submit": () => import("./behaviors/auto-submit.js"),
  autosave: () => import("./behaviors/autosave.js"),
  "catalogue-menu": () => import("./behaviors/catalogue-menu.js"),
  "choose-rows": () => import("./behaviors/choose-rows.js"),
  "courier-position": () => import("./behaviors/courier-position.js"),
  dialog: () => import("./behaviors/dialog.js"),
  favorite: () => import("./behaviors/favorite.js"),
  "file-names": () => import("./behaviors/file-names.js"),
  filters: () => import("./behaviors/filters.js"),
  "focus-on-load": () => import("./behaviors/focus-on-load.js"),
  gallery: () => import("./behaviors/gallery.js"),
  "live-order": () => import("./behaviors/live-order.js"),
  menu: () => import("./behaviors/menu.js"),
  "photo-viewer": () => import("./behaviors/photo-viewer.js"),
  print: () => import("./behaviors/print.js"),
  "queued-form": () => import("./behaviors/queued-form.js"),
  "send-queue": () => import("./behaviors/send-queue.js"),
  sheet: () => import("./behaviors/sheet.js"),
  "show-current": () => import("./behaviors/show-current.js"),
  "slide-confirm": () => import("./behaviors/slide-confirm.js"),
  stepper: () => import("./behaviors/stepper.js"),
  "submit-once": () => import("./behaviors/submit-once.js"),
  suggest: () => import("./behaviors/suggest.js"),
  "theme-switch": () => import("./behaviors/theme-switch.js"),
};

const bound = new WeakMap();

async function bind(element) {
  const done = bound.get(element) ?? new Set();
  bound.set(element, done);
  for (const name of element.dataset.behavior.split(/\s+/)) {
    if (!modules[name] || done.has(name)) continue;
    done.add(name);
    const module = await modules[name]();
    module.default(element);
  }
}

function bindAll(root) {
  const found = [...(root.querySelectorAll?.("[data-behavior]") ?? [])];
  if (root.matches?.("[data-behavior]")) found.push(root);
  return Promise.all(found.map(bind));
}

// Told on the root element, so that a page can be known to work without a line from here on.
bindAll(document).then(() => document.documentElement.setAttribute("data-bound", ""));
document.addEventListener("htmx:load", (event) => bindAll(event.detail.elt));

// The header shrinks once the page has been scrolled past the thin bar.
const header = document.querySelector(".site-header");
if (header) {
  const edge = document.querySelector(".thin-bar");
  new IntersectionObserver(([entry]) => header.classList.toggle("is-stuck", !entry.isIntersecting)).observe(edge);
}
