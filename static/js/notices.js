// Says something in the page's one live region; it stays until it is closed or said anew.
const region = document.getElementById("messages");

export function say(kind, text) {
  const template = document.getElementById(`notice-${kind}`) ?? document.getElementById("notice-success");
  const notice = template.content.firstElementChild.cloneNode(true);
  notice.querySelector("[data-text]").textContent = text;
  notice.querySelector("[data-close]").addEventListener("click", () => notice.remove());
  region.replaceChildren(notice);
}
