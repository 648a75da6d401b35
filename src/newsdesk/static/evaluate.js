// Runs once for each part of the Evaluate view. Buttons and forms become events; a lost question goes to the chat.
const own = element.closest('[id^="evaluate-"]').id;
const view = () => element.closest("#evaluate-view");
const part = (name) => view().querySelector(`#evaluate-${name}`);
const fields = (form) => (form ? Object.fromEntries(new FormData(form)) : {});
let touched = "";

const look = (more) => ({
  run: part("result").querySelector(".result")?.dataset.run || "",
  against: part("result").querySelector("[name=against]")?.value || "",
  ...fields(part("lost").querySelector("form")),
  ...more,
});

const page = () => part("lost").querySelector(".pager [data-page]")?.dataset.page;
const here = () => (page() === undefined ? {} : { page: String(Number(page()) + 1) });

const chat = (words) => {
  const box = document.querySelector("#box textarea");
  if (!box) return;
  box.value = words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("#ask-button")?.click();
  setTimeout(() => box.focus());
};

const does = {
  stop: (chosen) => trigger("stop_run", { ...chosen.dataset }),
  resume: (chosen) => trigger("resume", { ...chosen.dataset }),
  open: (chosen) => {
    part("result").dataset.touched = "yes";
    trigger("open", { run: chosen.dataset.run });
  },
  forget: (chosen) => {
    if (chosen.dataset.sure) trigger("forget", { ...chosen.dataset });
    chosen.dataset.sure = "yes";
    chosen.textContent = "Really delete it";
  },
  question: (chosen) => {
    touched = chosen.dataset.question;
    trigger("narrow", look({ ...here(), question: chosen.dataset.question }));
  },
  page: (chosen) => trigger("narrow", look({ page: chosen.dataset.page })),
  chat: (chosen) => chat(chosen.dataset.words),
};

element.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-do]");
  if (chosen && element.contains(chosen)) does[chosen.dataset.do]?.(chosen);
});

element.addEventListener("change", (event) => {
  if (event.target.name === "against") trigger("open", look({}));
  if (event.target.closest(".narrow")) trigger("narrow", look({ page: "1" }));
});

element.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches(".begin")) trigger("begin", fields(event.target));
});

if (own === "evaluate-past") {
  new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && trigger("refresh", {})).observe(view());
}

watch("value", () => {
  if (own === "evaluate-result" && part("result").dataset.touched) {
    delete part("result").dataset.touched;
    const bar = element.querySelector(".bar");
    bar?.scrollIntoView({ block: "start" });
    bar?.focus({ preventScroll: true });
  }
  if (own === "evaluate-lost" && touched) {
    element.querySelector('[aria-expanded="true"]')?.focus({ preventScroll: true });
    touched = "";
  }
});

if (own === "evaluate-controls") {
  // The form is drawn anew once the page has loaded: a set that was chosen meanwhile stays chosen
  let chosen = "";
  element.addEventListener("change", (event) => {
    if (event.target.name === "set") chosen = event.target.value;
  });
  new MutationObserver(() => {
    const sets = element.querySelector("[name=set]");
    if (!chosen || !sets || sets.querySelector("[selected]")) return;
    if ([...sets.options].some((one) => one.value === chosen)) sets.value = chosen;
  }).observe(element, { childList: true, subtree: true });
}

element.dataset.ready = "";
