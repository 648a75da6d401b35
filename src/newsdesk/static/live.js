// Runs after part.js. What is in work is told to screen readers, and brought into view as it begins. A broken
// connection is said, and so is its end.
element.setAttribute("role", "status");
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let working = false;
watch("value", () => {
  const now = element.querySelector(".live");
  document.body.classList.toggle("working", Boolean(now));
  if (now && !working) {
    window.sessionStorage.removeItem("newsdesk-draft");
    now.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  }
  working = Boolean(now);
});

const said = document.createElement("p");
said.className = "connection";
said.setAttribute("role", "alert");
document.body.append(said);
const EVERY = 4000;
const ask = async () => {
  try {
    const answer = await fetch("/alive", { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
    return answer.ok;
  } catch {
    return false;
  }
};
let broken = false;
const look = async () => {
  if (document.hidden) return;
  const alive = await ask();
  if (!alive) said.textContent = "The connection is broken. What you typed is kept; trying again…";
  else if (broken) {
    said.textContent = "Connected again.";
    setTimeout(() => { if (!broken) said.textContent = ""; }, 3000);
  }
  broken = !alive;
};
setInterval(look, EVERY);
window.addEventListener("offline", look);
window.addEventListener("online", look);
document.addEventListener("visibilitychange", look);
