// Keeps empty fields and the usual order out of the address; closes the sheet when it has done its work.
export default function filters(form) {
  const toggle = document.getElementById("filters-open");
  const close = () => {
    if (!toggle?.checked) return;
    toggle.checked = false;
    toggle.focus();
  };

  form.addEventListener("htmx:configRequest", (event) => {
    const { parameters } = event.detail;
    for (const [name, value] of [...parameters.entries()]) {
      if (value === "" || (name === "sort" && value === form.dataset.usualSort)) parameters.delete(name);
    }
  });
  form.addEventListener("submit", close);
  form.addEventListener("keydown", (event) => event.key === "Escape" && close());
}
