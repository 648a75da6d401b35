// Runs after part.js. A conversation is renamed in its place, and deleted at the second press; opening one closes the
// list.
here.naming = (chosen) => {
  const entry = chosen.closest("li");
  const open = entry.querySelector(".open");
  const form = document.createElement("form");
  form.dataset.do = "rename";
  form.dataset.conversation = chosen.dataset.conversation;
  const field = document.createElement("input");
  field.name = "title";
  field.value = open.textContent;
  field.maxLength = 200;
  field.setAttribute("aria-label", "New title");
  form.append(field);
  open.replaceWith(form);
  field.focus();
  field.select();
};
here.deleting = (chosen) => {
  if (chosen.dataset.sure) choose(chosen, { do: "delete" });
  chosen.dataset.sure = "yes";
  chosen.textContent = "Delete for good?";
  chosen.removeAttribute("aria-label");
};
element.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=resume]")) document.getElementById("shelf").hidePopover();
});
