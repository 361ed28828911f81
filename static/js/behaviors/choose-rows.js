// The bar for many rows: opens with the first tick and counts them. Without it the ticks are sent all the same.
export default function chooseRows(bar) {
  const count = bar.querySelector("[data-chosen]");
  const ticks = () => [...document.querySelectorAll('input[name="offer"][form="bulk"]')];

  function tell() {
    const chosen = ticks().filter((tick) => tick.checked).length;
    count.textContent = chosen ? `(${chosen})` : "";
    if (chosen) bar.open = true;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.('input[name="offer"][form="bulk"]')) tell();
  });
  tell();
}
