// Runs after part.js. A field of the form sets its limit as soon as it is filled in.
element.addEventListener("change", (event) => {
  const field = event.target.closest("[data-limit]");
  if (!field) return;
  trigger("act", { do: "limit", kind: field.dataset.limit, value: field.value });
  if (field.tagName === "SELECT") field.value = "";
});
