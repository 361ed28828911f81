// One fewer, one more: around a number field that also works by itself.
export default function stepper(element) {
  const field = element.querySelector("input");
  const buttons = [...element.querySelectorAll("[data-step]")];
  const least = Number(field.min || 1);
  const most = Number(field.max || 99);
  const bounded = (value) => Math.min(most, Math.max(least, Number.isFinite(value) ? Math.trunc(value) : least));

  function show() {
    const value = bounded(Number(field.value));
    for (const button of buttons) {
      const next = value + Number(button.dataset.step);
      button.disabled = field.disabled || next < least || next > most;
    }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      field.value = bounded(Number(field.value) + Number(button.dataset.step));
      show();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  field.addEventListener("change", () => {
    field.value = bounded(Number(field.value));
    show();
  });
  show();
}
