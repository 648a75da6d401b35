// Runs after part.js. The page says which conversation its address names; a new turn is brought into view, and the
// marker that was followed is remembered, to come back to. What is typed and not yet sent outlives a reload.
const turns = () => [...element.querySelectorAll(".turn")].map((turn) => turn.dataset.id);
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let known = turns();
let followed = null;

element.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-do=open]");
  if (!chosen) return;
  element.querySelector("[data-chosen]")?.removeAttribute("data-chosen");
  chosen.setAttribute("data-chosen", "");
  followed = { ...chosen.dataset };
});

// Nothing can be asked before it is known which conversation the page is in.
const field = () => document.querySelector("#box textarea");
const KEPT = "newsdesk-draft";
const arrive = () => {
  if (document.body.classList.contains("arrived")) return;
  document.body.classList.add("arrived");
  const draft = window.sessionStorage.getItem(KEPT);
  if (draft && field() && !field().value) {
    field().value = draft;
    field().dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (window.matchMedia("(hover: hover)").matches) field()?.focus({ preventScroll: true });
  trigger("arrived", {});
};
document.addEventListener("input", (event) => {
  if (event.target === field()) window.sessionStorage.setItem(KEPT, event.target.value);
});
setTimeout(arrive, 8000);

watch("value", () => {
  arrive();
  const now = turns();
  if (now.length > known.length && known.length + 1 === now.length) {
    const turn = element.querySelector(".turn:last-child");
    turn.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  }
  known = now;
  if (followed && !element.querySelector("[data-chosen]"))
    [...element.querySelectorAll("[data-do=open]")].find((one) => same(one.dataset, followed))?.setAttribute("data-chosen", "");
});

const asked = new URL(window.location.href).searchParams;
trigger("act", { do: "arrive", conversation: asked.get("c") || "", question: asked.get("q") || "" });
