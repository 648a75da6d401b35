// The address of the page names the conversation that is open, so that a reload keeps it.
const tell = () => {
  const id = element.querySelector(".bar")?.dataset.conversation || "";
  const address = new URL(window.location.href);
  if (id) address.searchParams.set("c", id);
  else address.searchParams.delete("c");
  address.searchParams.delete("q");
  if (address.href !== window.location.href) window.history.replaceState(null, "", address);
};
watch("value", tell);
