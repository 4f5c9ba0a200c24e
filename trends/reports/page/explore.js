// The linked chart: topics over time, the period pointed at, its documents. All words come with the data.
(async () => {
  const get = (name) => document.getElementById("x-" + name);
  const holder = get("chart");
  if (!holder || !window.DecompressionStream) {
    for (const part of document.querySelectorAll('#explore, [href="#explore"]')) part.hidden = true;
    return;
  }
  const bytes = Uint8Array.from(atob(holder.dataset.packed), (letter) => letter.charCodeAt(0));
  const data = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  const [plot, said, list, topicsBox] = ["plot", "said", "documents", "topics"].map(get);
  const PARTS = 100000, FEW = 10, HEIGHT = 300, LEFT = 46, TOP = 10, BOTTOM = 26, COLOURS = 6;
  const last = data.periods.length - 1;
  const every = new Map(data.models.flatMap((model) => model.topics.map((topic) => [topic.id, { ...topic, model: model.name }])));
  const state = { model: data.lead, chosen: [], from: 0, to: last, at: last, others: false };

  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const draw = (tag, attributes = {}, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text) made.textContent = text;
    return made;
  };
  const topicsOf = (name) => data.models.find((model) => model.name === name).topics;
  const plural = (n, noun) => n.toLocaleString("en") + " " + noun + (n === 1 ? "" : "s");
  const documentsOf = (topic, at) => topic.documents.find((entry) => entry[0] === at) || [at, 0, []];
  const share = (topic, at) => {
    const [value, lower, upper] = topic.said.map((row) => row[at]);
    return value === "" ? "no documents" : value + "%" + (lower === "" ? "" : " (" + lower + "% to " + upper + "%)");
  };
  const inTopic = (topic, at) => data.titles.length ? ", " + plural(documentsOf(topic, at)[1], "document") : "";

  // Which topics are drawn: those chosen, and if wanted what other models have in their place.
  const shown = () => {
    const out = state.chosen.map((id, i) => ({ topic: every.get(id), colour: i % COLOURS, second: i >= COLOURS, of: "" }));
    if (!state.others) return out;
    return out.flatMap((one) => [one, ...one.topic.partners.map((id) => ({ ...one, topic: every.get(id), of: every.get(id).model }))]);
  };

  // The period pointed at, in words: below the chart, and for a screen reader.
  const tell = () => {
    const at = state.at;
    const head = data.periods[at] + ": " + plural(data.documents[at], "document") + (data.complete[at] ? "" : ", not wholly covered");
    const rows = shown().map(({ topic, colour, of }) => {
      const row = make("li", { class: "k" + colour }, make("i", { class: "swatch" + (of ? " of" : ""), "aria-hidden": "true" }));
      row.append(make("a", { href: "#" + topic.id }, topic.label), (of ? " (" + of + ")" : "") + " " + share(topic, at));
      const [, n] = documentsOf(topic, at);
      if (n) {
        const open = make("button", { type: "button" }, plural(n, "document"));
        open.addEventListener("click", () => showDocuments([topic]));
        row.append(" ", open);
      }
      return row;
    });
    said.replaceChildren(make("p", {}, head), make("ul", {}, ...rows));
    plot.setAttribute("aria-valuenow", at);
    plot.setAttribute("aria-valuetext", head + ". " + shown().map(({ topic, of }) => topic.label + (of ? " (" + of + ")" : "") + " " + share(topic, at) + inTopic(topic, at)).join("; "));
    const line = plot.querySelector(".x-at");
    if (line) {
      line.setAttribute("x1", x(at));
      line.setAttribute("x2", x(at));
    }
  };

  // The documents of topics in the period pointed at.
  const showDocuments = (topics) => {
    if (!data.titles.length) return;
    const at = state.at;
    list.replaceChildren();
    for (const topic of topics) {
      const [, n, places] = documentsOf(topic, at);
      const some = places.length < n ? ", of which the " + places.length + " with the most of the topic" : "";
      list.append(make("h3", {}, topic.label + ", " + data.periods[at] + ": " + plural(n, "document") + some));
      list.append(make("ul", { class: "documents" }, ...places.map((place) => {
        const [title, id, link] = data.titles[place];
        const text = make("bdi", {}, title || id);
        const safe = /^https?:/.test(link);
        const item = make("li", {}, safe ? make("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, text) : text);
        if (title) item.append(" ", make("span", { class: "id" }, id));
        return item;
      })));
    }
    list.focus({ preventScroll: true });
    list.scrollIntoView({ block: "nearest" });
  };

  let width = 600, right = 12;
  const x = (at) => LEFT + (width - LEFT - right) * (state.to > state.from ? (at - state.from) / (state.to - state.from) : 0.5);
  const near = (event) => {
    const across = (event.clientX - plot.getBoundingClientRect().left - LEFT) / Math.max(width - LEFT - right, 1);
    return Math.min(Math.max(Math.round(state.from + across * (state.to - state.from)), state.from), state.to);
  };
  const path = (points) => "M" + points.map(([a, b]) => a.toFixed(1) + " " + b.toFixed(1)).join("L");
  // Stretches of periods for which all rows have a value.
  const runs = (...rows) => {
    const out = [];
    for (let at = state.from; at <= state.to; at++) {
      if (rows.some((row) => row[at] === null)) continue;
      if (out.length && out.at(-1).at(-1) === at - 1) out.at(-1).push(at);
      else out.push([at]);
    }
    return out;
  };
  const round = (value) => {
    const power = 10 ** Math.floor(Math.log10(value));
    return [1, 2, 4, 5, 6, 8, 10].find((step) => step * power >= value * (1 - 1e-9)) * power;
  };

  const redraw = () => {
    width = Math.max(plot.clientWidth, 280);
    const all = shown(), named = width > 560;
    right = named ? 170 : 12;
    let most = 1;
    for (const { topic } of all) {
      for (let at = state.from; at <= state.to; at++) {
        const seen = data.documents[at] >= FEW ? [topic.seen[0][at]] : [];
        most = Math.max(most, ...seen, topic.curve ? topic.curve[2][at] : 0);
      }
    }
    const top = round(most);
    const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * Math.min(value / top, 1);
    const picture = draw("svg", { viewBox: "0 0 " + width + " " + HEIGHT, width, height: HEIGHT, "aria-hidden": "true" });
    for (const part of [0, 0.5, 1]) {
      picture.append(draw("path", { class: "c-rule", d: "M" + LEFT + " " + y(part * top) + "H" + (width - right) }));
      picture.append(draw("text", { class: "x-text", x: LEFT - 6, y: y(part * top) + 4, "text-anchor": "end" }, Number((part * top * 100 / PARTS).toPrecision(3)) + "%"));
    }
    const step = Math.ceil((state.to - state.from + 1) / Math.max(Math.floor((width - LEFT - right) / 64), 1));
    for (let at = state.from; at <= state.to; at += step) {
      picture.append(draw("text", { class: "x-text", x: x(at), y: HEIGHT - 8, "text-anchor": "middle" }, data.short[at]));
    }
    picture.append(draw("line", { class: "x-at", y1: TOP, y2: HEIGHT - BOTTOM }));
    const ends = [];
    for (const { topic, colour, second, of } of all) {
      const group = draw("g", { class: "k" + colour + (of ? " of" : "") + (second ? " second" : "") });
      const [middle, lower, upper] = topic.curve || topic.seen;
      if (!of && state.chosen.length <= 3) {
        for (const run of runs(lower, upper)) {
          if (run.length > 1) group.append(draw("path", { class: "x-band", d: path([...run.map((at) => [x(at), y(upper[at])]), ...run.reverse().map((at) => [x(at), y(lower[at])])]) + "z" }));
        }
      }
      for (const run of runs(middle)) if (run.length > 1) group.append(draw("path", { class: "x-line", d: path(run.map((at) => [x(at), y(middle[at])])) }));
      for (const at of of ? [] : runs(topic.seen[0]).flat()) {
        const size = 1.6 + 2.4 * Math.sqrt(Math.min(data.documents[at] / 400, 1));
        group.append(draw("circle", { class: data.complete[at] ? "x-dot" : "x-hollow", cx: x(at), cy: y(topic.seen[0][at]), r: size.toFixed(1) }));
      }
      const end = runs(middle).flat().at(-1);
      if (end !== undefined && !of) ends.push({ y: y(middle[end]), text: topic.label, colour });
      picture.append(group);
    }
    // Names at the ends of the lines, moved apart.
    ends.sort((a, b) => a.y - b.y);
    ends.forEach((end, i) => { end.y = Math.max(end.y, i ? ends[i - 1].y + 15 : TOP + 4); });
    for (const end of named ? ends : []) {
      const text = end.text.length > 21 ? end.text.slice(0, 20) + "…" : end.text;
      picture.append(draw("text", { class: "x-name k" + end.colour, x: width - right + 8, y: end.y + 4 }, text));
    }
    plot.replaceChildren(picture);
    tell();
  };

  const point = (at) => {
    state.at = Math.min(Math.max(at, state.from), state.to);
    tell();
  };
  const zoom = (from, to) => {
    [state.from, state.to] = [Math.max(Math.min(from, to), 0), Math.min(Math.max(from, to), last)];
    get("from").value = state.from;
    get("to").value = state.to;
    plot.setAttribute("aria-valuemin", state.from);
    plot.setAttribute("aria-valuemax", state.to);
    state.at = Math.min(Math.max(state.at, state.from), state.to);
    redraw();
  };
  const closer = (by) => {
    const half = Math.max(Math.round((state.to - state.from) * by / 2), 1);
    zoom(Math.max(state.at - half, 0), Math.min(state.at + half, last));
  };
  // The boxes of a model's topics; those chosen come first in the colours.
  const colour = () => {
    for (const row of topicsBox.querySelectorAll("label")) {
      const i = state.chosen.indexOf(row.firstChild.value);
      row.className = i < 0 ? "" : "k" + (i % COLOURS);
    }
    redraw();
  };
  const choose = (name, chosen) => {
    state.model = name;
    get("model").value = name;
    const legend = topicsBox.firstElementChild;
    topicsBox.replaceChildren(legend, ...topicsOf(name).map((topic) => {
      const box = make("input", { type: "checkbox", value: topic.id });
      box.checked = chosen.includes(topic.id);
      box.addEventListener("change", () => {
        state.chosen = box.checked ? [...state.chosen, topic.id] : state.chosen.filter((id) => id !== topic.id);
        colour();
      });
      return make("label", {}, box, make("i", { class: "swatch", "aria-hidden": "true" }), make("bdi", {}, topic.label), make("span", { class: topic.kind }, " " + topic.finding + " " + topic.change));
    }));
    state.chosen = chosen;
    colour();
  };
  // The topics that changed most come first; of another model those in the place of what is shown.
  const first = (name) => topicsOf(name).filter((topic) => ["rising", "falling", "turned"].includes(topic.kind)).concat(topicsOf(name)).slice(0, 1).map((topic) => topic.id);
  const instead = (name) => {
    const matched = state.chosen.flatMap((id) => every.get(id).partners).filter((id) => every.get(id).model === name);
    return matched.length ? [...new Set(matched)] : first(name);
  };

  for (const model of data.models) get("model").append(make("option", { value: model.name }, model.name + (model.name === data.lead ? " (leads)" : "")));
  for (const name of ["from", "to"]) data.periods.forEach((period, i) => get(name).append(make("option", { value: i }, period)));
  get("model").addEventListener("change", (event) => choose(event.target.value, instead(event.target.value)));
  for (const name of ["from", "to"]) get(name).addEventListener("change", () => zoom(Number(get("from").value), Number(get("to").value)));
  get("all").addEventListener("click", () => zoom(0, last));
  get("others").addEventListener("change", (event) => {
    state.others = event.target.checked;
    redraw();
  });
  let start = null;
  plot.addEventListener("pointerdown", (event) => { start = [event.clientX, near(event)]; });
  plot.addEventListener("pointermove", (event) => point(near(event)));
  plot.addEventListener("pointerup", (event) => {
    const moved = start && Math.abs(event.clientX - start[0]) > 8;
    point(near(event));
    if (moved && start[1] !== state.at) zoom(start[1], state.at);
    else if (start && !moved) showDocuments(state.chosen.map((id) => every.get(id)));
    start = null;
  });
  const keys = {
    ArrowLeft: () => point(state.at - 1), ArrowDown: () => point(state.at - 1),
    ArrowRight: () => point(state.at + 1), ArrowUp: () => point(state.at + 1),
    Home: () => point(state.from), End: () => point(state.to),
    Enter: () => showDocuments(state.chosen.map((id) => every.get(id))),
    "+": () => closer(0.5), "-": () => closer(2), 0: () => zoom(0, last),
  };
  plot.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const link of document.querySelectorAll("[data-show]")) {
    link.addEventListener("click", () => choose(every.get(link.dataset.show).model, [link.dataset.show]));
  }
  choose(data.lead, first(data.lead));
  zoom(0, last);
  new ResizeObserver(() => {
    if (Math.abs(plot.clientWidth - width) > 2 && plot.clientWidth >= 280) redraw();
  }).observe(plot);
})();
