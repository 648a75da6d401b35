// Runs after part.js. The page says which conversation its address names; a new turn is brought into view, and the
// marker that was followed is remembered, to come back to.
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

let arrived = false;
watch("value", () => {
  if (!arrived) trigger("arrived", {});
  arrived = true;
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
