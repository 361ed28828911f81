// Sends the form as soon as a choice in it has changed (after a pause, where a number is being stepped).
const PAUSE_MS = 400;

export default function autoSubmit(element) {
  const form = element.form ?? element.closest("form");
  let timer = 0;
  element.addEventListener("change", (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), event.target.type === "number" ? PAUSE_MS : 0);
  });
}
