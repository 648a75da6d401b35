// Runs once, when the conversation is on the page. What is chosen in it becomes an event; a new turn is
// brought into view.
const turns = () => element.querySelectorAll(".turn");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let known = turns().length;

element.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-do]");
  if (!chosen || !element.contains(chosen)) return;
  event.preventDefault();
  const detail = { ...chosen.dataset };
  if (detail.do === "ask") {
    trigger("ask", detail);
    return;
  }
  element.querySelector("[data-chosen]")?.removeAttribute("data-chosen");
  chosen.setAttribute("data-chosen", "");
  trigger("open", detail);
});

watch("value", () => {
  const now = turns();
  if (now.length > known) {
    const turn = now[now.length - 1];
    turn.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  }
  known = now.length;
});
