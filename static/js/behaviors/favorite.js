// The heart of a card: keeps the product without leaving the page. Refused (not signed in): the form goes its own way.
export default function favorite(form) {
  const button = form.querySelector("button");
  const wanted = form.elements.is_favorite;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || !answer.ok || answer.headers.has("HX-Redirect")) {
        form.submit();
        return;
      }
      const isKept = wanted.value === "1";
      button.setAttribute("aria-pressed", String(isKept));
      wanted.value = isKept ? "0" : "1";
      document.body.dispatchEvent(new CustomEvent("favorites-changed"));
    } catch {
      form.submit();
    } finally {
      button.disabled = false;
    }
  });
}
