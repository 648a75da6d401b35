// Shared by the parts of the page: runs once, when the part is there. What is chosen in it becomes an event, told
// from the others by its data; the focus, which goes when a part is shown anew, comes back to where it was.
const ASKING = ["ask", "retry", "anytime"];
const OPENING = ["open", "whole", "back"];
let chosenLast = null;

const eventOf = (chosen) =>
  ASKING.includes(chosen.do) ? "ask" : OPENING.includes(chosen.do) ? "open" : "act";

const same = (one, other) =>
  ["do", "turn", "number", "verdict", "conversation"].every((name) => (one[name] || "") === (other[name] || ""));

const refocus = () => {
  const wanted = element.querySelector("[data-focus]");
  const lost = !document.activeElement || document.activeElement === document.body;
  if (wanted) wanted.focus({ preventScroll: false });
  else if (lost && chosenLast)
    [...element.querySelectorAll("[data-do]")].find((one) => same(one.dataset, chosenLast))?.focus({ preventScroll: true });
};

const sheet = (id) => {
  const one = document.getElementById(id);
  if (!one) return;
  one.setAttribute("popover", "auto");
  one.togglePopover();
  if (one.matches(":popover-open")) one.querySelector("input")?.focus();
};

const here = {
  shelf: () => sheet("shelf"),
  limits: () => sheet("limits"),
  "copy-link": (chosen) => {
    const link = chosen.closest(".link").querySelector("a").href;
    navigator.clipboard?.writeText(link).then(() => { chosen.textContent = "Copied"; });
  },
};
// What is done in the browser alone; a part adds its own.

const choose = (chosen, more = {}) => {
  const detail = { ...chosen.dataset, ...more };
  chosenLast = detail;
  trigger(eventOf(detail), detail);
};

element.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-do]");
  if (!chosen || !element.contains(chosen) || chosen.tagName === "FORM") return;
  event.preventDefault();
  if (here[chosen.dataset.do]) here[chosen.dataset.do](chosen);
  else choose(chosen);
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  choose(event.target, Object.fromEntries(new FormData(event.target)));
});

let typing = 0;
element.addEventListener("input", (event) => {
  const field = event.target.closest("[data-find]");
  if (!field) return;
  clearTimeout(typing);
  typing = setTimeout(() => trigger("act", { do: field.dataset.find, words: field.value }), 200);
});

watch("value", refocus);
