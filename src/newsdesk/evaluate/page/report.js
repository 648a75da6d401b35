"use strict";
// Every text is put on the page as a text node: what an article says can never become markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.getElementById("filters");
  const list = document.getElementById("list");
  const more = document.getElementById("more");
  const count = document.getElementById("count");
  const PAGE = 25;
  let chosen = [];
  let shown = 0;

  function make(tag, name, ...inside) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    for (const part of inside) if (part !== null && part !== undefined && part !== "") element.append(part);
    return element;
  }
  const short = (outcome) => (data.outcomes[outcome] || outcome).split(":")[0];
  const badge = (text, name) => make("span", "badge " + (name || ""), text);
  const row = (title, ...inside) => make("div", "row", make("div", "name", title), make("div", "what", ...inside));

  const number = (count) => count.toLocaleString("en");
  // Around a quote several empty lines are shown as one; the quote itself stays as it stands.
  const closed = (text) => text.replace(/\n\s*\n/g, "\n\n");

  function citation(cited) {
    const text = make("blockquote", "", cited.before ? "…" + closed(cited.before) : "", make("mark", "", cited.quote),
      cited.after ? closed(cited.after) + "…" : "");
    return make("div", "cited",
      make("p", "source", "[" + cited.number + "] " + (cited.title || cited.article_id), " ",
        make("span", "range", cited.article_id + " " + cited.start + "–" + cited.end), " ",
        badge(cited.holds ? "holds" : "does not hold", cited.holds ? "good" : "bad"), " ",
        badge(cited.gold ? "gold article" : "other article", cited.gold ? "good" : "bad"), " ",
        badge(cited.supports ? "carries the answer" : "does not carry the answer", cited.supports ? "good" : "")),
      text);
  }

  function passage(found, place) {
    return make("li", found.gold ? "gold" : "",
      make("p", "source", (place + 1) + ". " + (found.title || found.article_id), " ",
        make("span", "range", found.article_id + " " + found.start + "–" + found.end + " · score " + found.score.toFixed(3)), " ",
        found.gold ? badge("gold article", "good") : "", " ", found.covers ? badge("gold quote", "good") : ""),
      make("p", "text", found.text));
  }

  function expected(question) {
    if (!question.answerable) return ["no answer: it should be declined"];
    const parts = question.answers.map((answer) => make("p", "", "“" + answer + "”"));
    if (question.articles.length) parts.push(make("p", "range", "in " + question.articles.join(", ")));
    for (const quote of question.evidence) parts.push(make("blockquote", "", quote));
    return parts;
  }

  function place(question) {
    const at = question.ranking.findIndex((article) => question.articles.includes(article));
    if (!question.articles.length) return "";
    return at < 0 ? "No gold article among the " + question.ranking.length + " found."
      : "First gold article at place " + (at + 1) + " of " + question.ranking.length + ".";
  }

  function body(question) {
    const parts = [row("Ended", data.outcomes[question.outcome] || question.outcome)];
    if (question.error) parts.push(row("Error", make("code", "", question.error)));
    if (question.change) {
      parts.push(row("Before", short(question.change.before),
        question.change.answer ? ": “" + question.change.answer + "”" : ""));
    }
    if (question.history.length) {
      parts.push(row("Before it", ...question.history.map((turn) => make("p", "", turn.role + ": " + turn.content))));
    }
    if (question.standalone_question !== question.question) parts.push(row("Understood as", question.standalone_question));
    if (question.asked_at) parts.push(row("Asked on", question.asked_at));
    parts.push(row("Expected", ...expected(question)));
    parts.push(row("Given", question.short_answer ? make("p", "", "“" + question.short_answer + "”") : "",
      make("p", "text", question.answer || "nothing"),
      make("p", "range", "confidence " + question.confidence.toFixed(3) + (question.answered ? "" : ", declined")
        + (question.engine ? " · " + question.engine : ""))));
    parts.push(row("Cited", ...(question.citations.length ? question.citations.map(citation) : ["nothing"])));
    const found = make("ol", "found", ...question.retrieved.map(passage));
    parts.push(row("Retrieved", make("p", "range", place(question)), question.retrieved.length ? found : "nothing"));
    const scores = Object.entries(question.scores).filter(([, value]) => value !== null && value !== undefined);
    parts.push(row("Scores", make("p", "range", scores.map(([name, value]) => name + " " + (+value.toFixed(3))).join(" · "))));
    const times = Object.entries(question.timings_ms);
    if (times.length) parts.push(row("Time", make("p", "range", times.map(([name, ms]) => name + " " + ms + " ms").join(" · "))));
    return make("div", "body", ...parts);
  }

  function entry(question) {
    const details = make("details", "question " + (question.good ? "good" : "lost"),
      make("summary", "", make("span", "swatch is-" + question.outcome), make("span", "q", question.question), " ",
        badge(short(question.outcome), question.good ? "good" : "bad"), " ",
        question.kind ? badge(question.kind) : "", " ", question.change ? badge(question.change.name, "change") : "", " ",
        make("span", "range", question.id)));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(body(question));
    });
    return details;
  }

  function fits(question, wanted) {
    if (wanted.outcome === "lost" ? question.good : wanted.outcome === "good" ? !question.good
      : wanted.outcome && question.outcome !== wanted.outcome) return false;
    if (wanted.kind && question.kind !== wanted.kind) return false;
    if (wanted.change && (!question.change || question.change.name !== wanted.change)) return false;
    if (!wanted.words) return true;
    const text = [question.id, question.question, question.answer, ...question.answers, ...question.articles].join("\n");
    return text.toLowerCase().includes(wanted.words.toLowerCase());
  }

  function extend() {
    const next = chosen.slice(shown, shown + PAGE);
    list.append(...next.map(entry));
    shown += next.length;
    more.hidden = shown >= chosen.length;
    more.textContent = "Show more (" + number(chosen.length - shown) + ")";
  }

  function choose() {
    const wanted = Object.fromEntries(new FormData(form));
    chosen = data.questions.filter((question) => fits(question, wanted));
    shown = 0;
    list.replaceChildren();
    count.textContent = number(chosen.length) + " of " + number(data.questions.length);
    extend();
  }

  form.addEventListener("input", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", extend);
  if (data.questions.some((question) => !question.good)) form.elements.outcome.value = "lost";
  const linked = decodeURIComponent(location.hash.replace(/^#q=/, ""));
  const wanted = location.hash.startsWith("#q=") && data.questions.find((question) => question.id === linked);
  if (wanted) {
    form.elements.outcome.value = "";
    form.elements.words.value = wanted.id;
  }
  choose();
  if (wanted) list.firstElementChild.open = true;
})();
