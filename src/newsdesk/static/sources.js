// Runs after part.js. A place that was opened is brought into view and takes the focus, and Escape or the return
// button gives it back to where it came from.
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let touched = "";

const show = (place) => {
  const column = element.closest("#beside");
  if (getComputedStyle(column).position !== "sticky") {
    place.scrollIntoView({ block: "center" });
    return;
  }
  const above = place.getBoundingClientRect().top - column.getBoundingClientRect().top;
  column.scrollTo({ top: column.scrollTop + above - column.clientHeight / 3 });
};

const giveBack = () => {
  const from = document.querySelector("#conversation [data-chosen]") || document.querySelector("#box textarea");
  from?.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  from?.focus({ preventScroll: true });
};
here.return = giveBack;

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape") giveBack();
});

watch("value", () => {
  const panel = element.querySelector(".panel");
  const now = panel?.dataset.touched || "";
  if (now && now !== touched) {
    const place = panel.querySelector("mark.active, mark.near, .lost") || panel;
    show(place);
    place.focus({ preventScroll: true });
  } else if (!now) {
    element.closest("#beside")?.scrollTo({ top: 0 });
  }
  touched = now;
});
