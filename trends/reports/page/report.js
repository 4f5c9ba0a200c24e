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
  const isOpen = (topic) => !topic.querySelector(".more").hidden;
  const open = (topic, yes) => {
    topic.querySelector(".more").hidden = !yes;
    topic.querySelector("button").setAttribute("aria-expanded", String(yes));
  };
  const topics = all(".topic");
  for (const part of all(".script")) part.hidden = false;
  // Folds around a place, and the fold that it consists of, are opened.
  const unfold = (place) => {
    for (let at = place; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    for (const own of all(":scope > details.fold", place)) own.open = true;
  };

  // A click on a topic, or Enter, opens its view; the address names it, so that it can be passed on.
  for (const topic of topics) {
    const made = button(topic.querySelector("th"));
    made.setAttribute("aria-controls", topic.id + "-more");
    open(topic, false);
    made.addEventListener("click", () => {
      open(topic, !isOpen(topic));
      history.replaceState(null, "", isOpen(topic) ? "#" + topic.id : "#topics");
    });
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
        const key = (topic) => {
          const cell = topic.rows[0].cells[column];
          return head.dataset.sort === "number" ? cell.dataset.key : cell.textContent.trim();
        };
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

  // The box filters topics by label, finding, words and examples.
  const search = document.getElementById("search");
  const said = (topic) => all(".find", topic).map((part) => part.textContent).join(" ").toLowerCase();
  const words = new Map(topics.map((topic) => [topic, said(topic)]));
  const filter = () => {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [topic, text] of words) {
      topic.hidden = !wanted.every((word) => text.includes(word));
      shown += topic.hidden ? 0 : 1;
    }
    for (const fold of all("details.others")) if (wanted.length) fold.open = all(".topic:not([hidden])", fold).length > 0;
    document.getElementById("found").textContent = wanted.length ? shown + " of " + words.size + " topics" : "";
  };
  if (search) {
    search.parentElement.hidden = false;
    search.addEventListener("input", filter);
  }

  // A link to a topic shows it, whatever the box says, and takes the keyboard there.
  const follow = () => {
    const topic = document.getElementById(location.hash.slice(1));
    if (!topic) return;
    unfold(topic);
    if (!topic.classList.contains("topic")) return;
    if (topic.hidden) {
      search.value = "";
      filter();
    }
    open(topic, true);
    topic.scrollIntoView({ block: "start" });
    topic.querySelector("button").focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", follow);
  // A link to the place where the address is already says no change.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  // Once the browser has jumped to the address by itself, which takes the keyboard away.
  window.addEventListener("load", follow);
  follow();

  // A button copies its own text or that of another element, and says so.
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  };
  for (const made of all("button.copy")) {
    made.addEventListener("click", async () => {
      const { of, text } = made.dataset;
      await copy(of ? document.getElementById(of).textContent : text);
      made.focus();
      document.getElementById("copied").textContent = "Copied.";
      made.classList.add("done");
      setTimeout(() => {
        made.classList.remove("done");
        document.getElementById("copied").textContent = "";
      }, 2000);
    });
  }

  // A small screen shows the documents of a card when they are asked for.
  if (matchMedia("(max-width: 40rem)").matches) for (const one of all(".papers")) one.open = false;

  // A packed file is unpacked before it is saved.
  const unpack = async (link) => {
    const bytes = Uint8Array.from(atob(link.getAttribute("href").split(",")[1]), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const made = document.createElement("a");
    made.href = URL.createObjectURL(new Blob([await new Response(stream).arrayBuffer()], { type: "text/csv;charset=utf-8" }));
    made.download = link.download.replace(/\.gz$/, "");
    made.click();
    setTimeout(() => URL.revokeObjectURL(made.href), 60000);
  };
  for (const link of window.DecompressionStream ? all('a[download$=".gz"]') : []) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      unpack(link);
    });
  }

  // On paper everything is open, afterwards as it was.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const one of closed) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
