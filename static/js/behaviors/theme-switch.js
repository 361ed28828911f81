// Turns dark colours on and off; the choice stays in this browser.
export default function themeSwitch(button) {
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  show();
  document.addEventListener("theme-changed", show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Storage may be shut; the choice then lasts for this page.
    }
    document.dispatchEvent(new CustomEvent("theme-changed"));
  });
}
