// Runs once for each part of the Archive view. Buttons and forms become events; what was opened takes the focus, and
// gives it back to where it came from.
const own = element.closest('[id^="archive-"]').id;
const view = () => element.closest("#archive-view");
const part = (name) => view().querySelector(`#archive-${name}`);
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

const wanted = (more) => {
  const form = part("filters").querySelector("form");
  const fields = form ? Object.fromEntries(new FormData(form)) : {};
  return { sort: view().dataset.sort || "-published", ...fields, ...more };
};

const look = (more) => {
  const detail = wanted(more);
  view().dataset.sort = detail.sort;
  trigger("look", detail);
};

const reading = (open) => {
  view().classList.toggle("is-reading", open);
  if (!open) {
    const from = [...view().querySelectorAll("#archive-table [data-id]")].find((one) => one.dataset.id === view().dataset.from);
    (from || part("filters").querySelector("input"))?.focus();
  }
};

const does = {
  sort: (chosen) => look({ sort: chosen.dataset.sort }),
  page: (chosen) => look({ page: chosen.dataset.page }),
  open: (chosen) => {
    if (!view().classList.contains("is-reading")) view().dataset.from = chosen.dataset.id;
    trigger("open", { ...chosen.dataset });
  },
  back: () => reading(false),
  ask: () => element.querySelector("dialog").showModal(),
  keep: () => element.querySelector("dialog").close(),
  remove: (chosen) => {
    element.querySelector("dialog").close();
    trigger("removal", { ...chosen.dataset });
  },
  cancel: (chosen) => trigger("cancel", { ...chosen.dataset }),
  days: (chosen) => {
    const form = part("filters").querySelector("form");
    form.elements.from.value = chosen.dataset.from;
    form.elements.to.value = chosen.dataset.to;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  },
};

element.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-do]");
  if (chosen && element.contains(chosen)) does[chosen.dataset.do]?.(chosen);
});

element.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && own === "archive-article" && !element.querySelector("dialog[open]")) reading(false);
});

let waiting;
const later = () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => look({}), 250);
};
element.addEventListener("input", (event) => event.target.closest(".filters") && later());
element.addEventListener("reset", () => setTimeout(later));
element.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (!form.matches(".addresses")) return;
  trigger("take", { addresses: form.elements.addresses.value });
  form.reset();
});

if (own === "archive-table") {
  new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting) && !view().classList.contains("is-reading")) trigger("refresh", {});
  }).observe(view());
}

watch("value", () => {
  if (own !== "archive-article" || !element.querySelector(".reading")) return;
  reading(true);
  view().scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  (element.querySelector("h2") || element.querySelector("button"))?.focus({ preventScroll: true });
});

element.dataset.ready = "";
