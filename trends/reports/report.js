"use strict";
(() => {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const button = (cell) => {
    const made = document.createElement("button");
    made.type = "button";
    made.append(...cell.childNodes);
    cell.append(made);
    return made;
  };
  const open = (topic, yes) => {
    topic.querySelector(".more").hidden = !yes;
    topic.querySelector("button").setAttribute("aria-expanded", String(yes));
  };

  // A click on a topic shows its words, examples and trend.
  for (const topic of all(".topic")) {
    const made = button(topic.querySelector("th"));
    made.setAttribute("aria-controls", topic.id + "-more");
    open(topic, false);
    made.addEventListener("click", () => open(topic, made.getAttribute("aria-expanded") !== "true"));
  }

  // A click on a heading sorts by its column; cells without a value stay last.
  for (const table of all("table.topics")) {
    const heads = all("thead th", table);
    heads.forEach((head, column) => {
      if (!head.dataset.sort) return;
      button(head).addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "none" ? head.dataset.sort === "number" : head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) if (other.dataset.sort) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (topic) => topic.rows[0].cells[column].dataset.key;
        const compare = (a, b) => {
          const x = key(a), y = key(b);
          if (x === "" || y === "") return (x === "") - (y === "");
          const order = head.dataset.sort === "number" ? Number(x) - Number(y) : x.localeCompare(y, "en");
          return down ? -order : order;
        };
        table.append(...all(".topic", table).sort(compare));
      });
    });
  }

  // The box filters topics by all that their card says.
  const search = document.getElementById("search");
  if (search) {
    const words = new Map(all(".topic").map((topic) => [topic, topic.textContent.toLowerCase()]));
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [topic, text] of words) {
        topic.hidden = !wanted.every((word) => text.includes(word));
        shown += topic.hidden ? 0 : 1;
      }
      document.getElementById("found").textContent = wanted.length ? shown + " of " + words.size + " topics" : "";
    });
  }

  // A link to a topic opens it.
  const follow = () => {
    const topic = document.getElementById(location.hash.slice(1));
    if (!topic || !topic.classList.contains("topic")) return;
    topic.hidden = false;
    open(topic, true);
    topic.scrollIntoView({ block: "center" });
  };
  window.addEventListener("hashchange", follow);
  follow();
})();
