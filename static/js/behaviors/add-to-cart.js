// Puts an offer into the cart without leaving the page; on a card, "one fewer, one more" then takes the button's place.
// The answer's HX-Trigger names what happened: {notice: {kind, text}, "cart-changed": {offer_id, quantity, maximum}}.
import { say } from "../notices.js";

async function post(address, fields) {
  const answer = await fetch(address, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "HX-Request": "true" },
    redirect: "error",
  });
  const happened = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}");
  if (happened.notice) say(happened.notice.kind, happened.notice.text);
  else if (!answer.ok) throw new Error(`${answer.status}`);
  if (happened["cart-changed"]) document.body.dispatchEvent(new CustomEvent("cart-changed"));
  return happened["cart-changed"];
}

export default function addToCart(form) {
  const button = form.querySelector("button[type=submit]");
  const template = document.getElementById("card-stepper");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      const line = await post(form.action, Object.fromEntries(new FormData(form)));
      if (line && template && form.closest(".card")) showStepper(form, template, line);
    } catch {
      // Whatever went wrong, the form still works the plain way and says what is the matter.
      form.submit();
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

function showStepper(form, template, line) {
  const stepper = template.content.firstElementChild.cloneNode(true);
  const value = stepper.querySelector("[data-value]");
  const [fewer, more] = stepper.querySelectorAll("[data-step]");
  let { quantity } = line;

  function show() {
    value.textContent = quantity;
    fewer.disabled = false;
    more.disabled = quantity >= line.maximum;
  }

  async function step(by) {
    fewer.disabled = true;
    more.disabled = true;
    try {
      if (await post(template.dataset.url, { offer_id: line.offer_id, quantity: quantity + by })) quantity += by;
    } catch {
      // The line is gone, in another tab perhaps: the card offers to add it again.
      quantity = 0;
    }
    if (quantity > 0) {
      show();
      return;
    }
    stepper.replaceWith(form);
    form.querySelector("button[type=submit]").focus();
  }

  fewer.addEventListener("click", () => step(-1));
  more.addEventListener("click", () => step(1));
  show();
  form.replaceWith(stepper);
  more.focus();
}
