// Keeps empty fields out of the address that a change of a filter leads to.
export default function filters(form) {
  form.addEventListener("htmx:configRequest", (event) => {
    const { parameters } = event.detail;
    for (const [name, value] of [...parameters.entries()]) {
      if (value === "") parameters.delete(name);
    }
  });
}
