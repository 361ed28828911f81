// Filters on a phone: the button named by data-sheet-button shows the element as a full-height sheet.
const WIDE = "(min-width: 64rem)";

export default function sheet(element) {
  const opener = document.querySelector(`[data-sheet-button="${element.id}"]`);
  if (!opener) return;
  const dialog = document.createElement("dialog");
  const place = document.createComment("sheet");
  dialog.className = "sheet";
  dialog.setAttribute("aria-label", opener.textContent.trim());

  function home() {
    if (!place.parentNode) return;
    place.replaceWith(element);
    dialog.remove();
    element.classList.remove("is-in-sheet");
  }

  opener.hidden = false;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    element.replaceWith(place);
    element.classList.add("is-in-sheet");
    dialog.append(element);
    document.body.append(dialog);
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) dialog.close(); });
  dialog.addEventListener("close", () => { home(); opener.focus(); });
  matchMedia(WIDE).addEventListener("change", (query) => { if (query.matches && dialog.open) dialog.close(); });
}
