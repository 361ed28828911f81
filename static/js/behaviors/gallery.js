// Thumbs scroll the strip; a click on a picture enlarges it; arrows move, also when enlarged.
export default function gallery(root) {
  const strip = root.querySelector("[data-gallery-strip]");
  const dialog = root.querySelector("[data-gallery-dialog]");
  if (!strip || !dialog) return;
  const large = dialog.querySelector("[data-gallery-large]");
  const thumbs = [...root.querySelectorAll("[data-gallery-thumb]")];
  const links = [...strip.querySelectorAll("[data-gallery-zoom]")];
  const slides = links.map((link) => link.closest("li"));
  let current = 0;

  const mark = (index) => {
    current = index;
    thumbs.forEach((thumb, at) => (at === index ? thumb.setAttribute("aria-current", "true") : thumb.removeAttribute("aria-current")));
  };
  const show = (index) => {
    const to = Math.max(0, Math.min(index, slides.length - 1));
    strip.scrollTo({ left: slides[to].offsetLeft - slides[0].offsetLeft });
    mark(to);
    if (dialog.open) large.src = links[to].href;
  };
  const step = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    show(current + by);
  };

  thumbs.forEach((thumb, index) =>
    thumb.addEventListener("click", (event) => {
      event.preventDefault();
      show(index);
    }),
  );
  links.forEach((link, index) =>
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      mark(index);
      large.src = link.href;
      dialog.showModal();
    }),
  );
  strip.addEventListener("keydown", step);
  dialog.addEventListener("keydown", step);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  strip.addEventListener("scrollend", () => mark(Math.round(strip.scrollLeft / strip.clientWidth)));
}
