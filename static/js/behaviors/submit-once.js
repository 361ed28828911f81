// A form that must not be sent twice: its button rests while the answer is on its way.
export default function submitOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  // Coming back with the browser's Back button finds a form that works.
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });
}
