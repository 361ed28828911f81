// Leads keyboard and screen reader to what must be read first.
export default function focusOnLoad(element) {
  element.focus({ preventScroll: false });
}
