// Links marked data-photo open in one dialog; arrows and its buttons go through the photos of their group. Without scripts the links open the picture.
export default function photoViewer(element) {
  const dialog = element.querySelector("[data-photo-dialog]");
  const large = element.querySelector("[data-photo-large]");
  const name = element.querySelector("[data-photo-name]");
  if (!dialog || !large) return;
  let links = [];
  let shown = 0;

  function show(index) {
    shown = (index + links.length) % links.length;
    large.src = links[shown].href;
    if (!name) return;
    large.alt = links[shown].querySelector("img")?.alt ?? "";
    name.textContent = large.alt;
  }

  element.addEventListener("click", (event) => {
    const link = event.target.closest("[data-photo]");
    if (!link) return;
    event.preventDefault();
    links = [...link.closest("[data-photo-group]").querySelectorAll("[data-photo]")];
    show(links.indexOf(link));
    dialog.showModal();
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) show(shown + step);
  });
  dialog.addEventListener("click", (event) => {
    const step = event.target.closest("[data-photo-step]");
    if (step) show(shown + Number(step.dataset.photoStep));
    else if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => links[shown]?.focus());
}
