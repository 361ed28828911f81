// Thumbs lead a strip that snaps (and so can be swiped); arrows move it; a click enlarges.
export default function gallery(element) {
  const strip = element.querySelector("[data-gallery-strip]");
  if (!strip) return;
  const slides = [...strip.children];
  const thumbs = [...element.querySelectorAll("[data-gallery-thumb]")];
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let current = 0;

  function go(index) {
    current = Math.max(0, Math.min(slides.length - 1, index));
    strip.scrollTo({ left: slides[current].offsetLeft, behavior: isCalm ? "auto" : "smooth" });
  }

  function mark(index) {
    current = index;
    thumbs.forEach((thumb, place) => {
      if (place === index) thumb.setAttribute("aria-current", "true");
      else thumb.removeAttribute("aria-current");
    });
  }

  thumbs.forEach((thumb, index) => thumb.addEventListener("click", (event) => {
    event.preventDefault();
    go(index);
  }));
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(current + step);
  });
  // Several may be in sight at once, before their pictures give them a width: the nearest counts.
  const seen = new IntersectionObserver(() => {
    const away = slides.map((slide) => Math.abs(slide.offsetLeft - strip.scrollLeft));
    mark(away.indexOf(Math.min(...away)));
  }, { root: strip, threshold: 0.6 });
  slides.forEach((slide) => seen.observe(slide));

  enlarge(element, () => current, slides.length);
}

function enlarge(element, at, count) {
  const dialog = element.querySelector("[data-gallery-dialog]");
  const large = element.querySelector("[data-gallery-large]");
  const links = [...element.querySelectorAll("[data-gallery-zoom]")];
  if (!dialog || !large || !links.length) return;
  let shown = 0;

  function show(index) {
    shown = (index + count) % count;
    large.src = links[shown].href;
    large.alt = links[shown].querySelector("img")?.alt || dialog.getAttribute("aria-label") || "";
  }

  links.forEach((link, index) => link.addEventListener("click", (event) => {
    event.preventDefault();
    show(index);
    dialog.showModal();
  }));
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) show(shown + step);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => links[at()]?.focus());
}
