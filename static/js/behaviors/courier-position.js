// Sends where the courier is, every 15 seconds at most, once the courier has switched it on.
const EVERY_MS = 15000;
const KEPT_AS = "courier-position";

export default function courierPosition(form) {
  const button = form.querySelector("[data-toggle]");
  let watch = null;
  let last = 0;

  function send({ coords }) {
    if (Date.now() - last < EVERY_MS) return;
    last = Date.now();
    const body = new URLSearchParams(new FormData(form));
    body.set("latitude", coords.latitude.toFixed(6));
    body.set("longitude", coords.longitude.toFixed(6));
    // What is lost on the way does not matter: the next one comes soon.
    fetch(form.action, { method: "POST", body }).catch(() => {});
  }

  function turn(isOn) {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    watch = isOn ? navigator.geolocation.watchPosition(send, () => turn(false), { enableHighAccuracy: true }) : null;
    button.setAttribute("aria-pressed", String(isOn));
    localStorage.setItem(KEPT_AS, isOn ? "on" : "off");
  }

  if (!navigator.geolocation) {
    form.hidden = true;
    return;
  }
  button.addEventListener("click", () => turn(watch === null));
  if (localStorage.getItem(KEPT_AS) === "on") turn(true);
}
