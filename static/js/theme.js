// Runs before the first paint: marks that scripts work, puts on the colours that the visitor chose.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
  } catch {
    // Storage may be shut; then the system's colours stand.
  }
})();
