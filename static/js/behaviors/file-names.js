// Says which files were chosen, in the page's language.
export default function fileNames(box) {
  const input = box.querySelector("input[type=file]");
  const names = box.querySelector("[data-names]");
  if (!input || !names) return;
  const show = () => {
    names.textContent = [...input.files].map((file) => file.name).join(", ") || names.dataset.none;
  };
  input.addEventListener("change", show);
  input.form?.addEventListener("reset", () => setTimeout(show));
  show();
}
