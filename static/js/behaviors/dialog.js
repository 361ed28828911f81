// A button that opens the <dialog> named by data-dialog; without scripts its link or form does the work.
export default function dialog(button) {
  const element = document.getElementById(button.dataset.dialog);
  if (!element) return;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    element.showModal();
  });
  element.addEventListener("click", (event) => {
    if (event.target === element || event.target.closest("[data-close]")) element.close();
  });
}
