// The calculator's page: a form for one report, and beneath it what the report says under every belief.
(function () {
  "use strict";

  const { element, estimate, probability, short } = ownPrior.words;
  const WAIT = 250; // milliseconds after the last key before the numbers follow
  const EXAMPLE = { kind: "estimate", measure: "hazard_ratio", benefit: "lower", width: "ci", estimate: "0.75", low: "0.55", high: "1.02", mcid: "0.85" };
  const MAP = [25, 15]; // means and sds of the map of priors
  const BANDS = [ // of P(benefit), from below, with how a reader is told of them
    [0.025, "harm is nearly certain", "h3"], [0.1, "benefit is improbable", "h2"], [0.5, "harm is more likely than benefit", "h1"],
    [0.9, "benefit is more likely than harm", "b1"], [0.975, "benefit is probable", "b2"], [Infinity, "benefit is nearly certain", "b3"],
  ];
  const WIDTHS = { ci: "95% interval", se: "standard error", p: "p-value", n: "numbers of patients" };

  const settings = JSON.parse(document.getElementById("settings").textContent);
  const form = document.getElementById("report");
  const results = document.getElementById("results");
  const problems = document.getElementById("problems");
  const own = document.getElementById("own");
  const state = { report: { ...EXAMPLE }, prior: null, curveOf: null, data: null };
  let waiting = 0;

  // ---- the form -----------------------------------------------------------------------------------------------------

  function choice(name, label, options, value, act) {
    const select = element("select", { id: `f-${name}`, name }, ...options.map(([key, words]) => element("option", { value: key }, words)));
    select.value = value;
    select.addEventListener("change", () => act(select.value));
    return element("div", { class: "field" }, element("label", { for: select.id }, label), select);
  }

  function typed(name, label, optional) {
    const input = element("input", { id: `f-${name}`, name, inputmode: /counts|shares/.test(name) ? "text" : "decimal", autocomplete: "off", "aria-describedby": "problems" });
    input.value = state.report[name] || "";
    input.addEventListener("input", () => {
      state.report[name] = input.value;
      later();
    });
    return element("div", { class: "field" }, element("label", { for: input.id }, label, ...(optional ? [element("span", { class: "quiet" }, " (if printed)")] : [])), input);
  }

  function layOut() {
    const report = state.report;
    const kind = reports.KINDS[report.kind];
    if (!kind.measures.includes(report.measure)) report.measure = kind.measures[0];
    const choose = (name) => (value) => {
      report[name] = value;
      layOut();
      later();
    };
    const fields = [
      choice("kind", "What does the paper print?", Object.entries(reports.KINDS).map(([key, { name }]) => [key, name]), report.kind, choose("kind")),
    ];
    fields.push(choice("measure", "Measure of effect, treatment against control", kind.measures.map((key) => [key, reports.MEASURES[key]]), report.measure, choose("measure")));
    fields.push(choice("benefit", `Which ${reports.isLog(report.measure) ? "ratio" : "difference"} is good for the patient?`, [["lower", `below ${reports.isLog(report.measure) ? 1 : 0}`], ["higher", `above ${reports.isLog(report.measure) ? 1 : 0}`]], report.benefit, choose("benefit")));
    const bare = report.kind === "p_value" || report.kind === "significance";
    if (report.kind === "estimate") fields.push(choice("width", "How precise is it?", ["ci", "se", "p"].map((key) => [key, WIDTHS[key]]), (report.width = ["se", "p"].includes(report.width) ? report.width : "ci"), choose("width")));
    if (bare && ["standardised_mean_difference", "common_odds_ratio"].includes(report.measure)) {
      fields.push(choice("width", "The precision follows from", ["n", "se"].map((key) => [key, WIDTHS[key]]), (report.width = report.width === "se" ? "se" : "n"), choose("width")));
    } else if (bare) report.width = "se";
    if (bare) {
      report.favours = report.favours || "unknown";
      fields.push(choice("favours", "Which arm does the result favour?", [["unknown", "the paper does not say"], ["treatment", "treatment"], ["control", "control"]], report.favours, choose("favours")));
    }
    if (report.kind === "significance") {
      report.significant = report.significant || "false";
      report.alpha = report.alpha || "0.05";
      fields.push(choice("significant", "The result was", [["false", "not significant"], ["true", "significant"]], report.significant, choose("significant")));
    }
    const arms = { treatment: [], control: [] };
    for (const [name, label, optional, arm] of reports.fieldsOf(report)) (arm ? arms[arm] : fields).push(typed(name, label, optional));
    const low = fields.findIndex((field) => field.querySelector("[name=low]"));
    if (low >= 0) fields.splice(low, 2, element("div", { class: "two" }, fields[low], fields[low + 1]));
    const groups = Object.entries(arms).filter(([, inputs]) => inputs.length).map(([arm, inputs]) =>
      element("fieldset", {}, element("legend", {}, arm[0].toUpperCase() + arm.slice(1)), ...inputs));
    const focused = document.activeElement && document.activeElement.id;
    form.replaceChildren(...fields, ...(groups.length ? [element("div", { class: "two" }, ...groups)] : []), typed("mcid", "Smallest effect that matters (MCID), on the measure\u2019s own scale", true));
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  }

  // ---- from the form to the numbers ---------------------------------------------------------------------------------

  function later() {
    clearTimeout(waiting);
    results.setAttribute("aria-busy", "true");
    waiting = setTimeout(update, WAIT);
  }

  function update() {
    const mistakes = reports.mistakesIn(state.report);
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    problems.replaceChildren(...mistakes.map(([, message]) => element("li", {}, `${message}.`)));
    results.classList.toggle("stale", mistakes.length > 0);
    results.removeAttribute("aria-busy");
    if (mistakes.length) {
      for (const [name] of mistakes) {
        const input = document.getElementById(`f-${name}`);
        if (input) input.setAttribute("aria-invalid", "true");
      }
      return;
    }
    state.data = { ...reports.dataOf(state.report), ticks: settings.ticks };
    const p = beliefs.batch(state.data);
    const section = element("section", { class: "own-prior", "aria-label": "The posterior under a prior of your own" },
      element("h2", {}, "Under your prior"),
      element("p", {}, `Priors apply to ${state.data.log ? "the logarithm of " : ""}the ${state.data.measure}; start from a named one and adjust it.`));
    own.replaceChildren(section);
    ownPrior.mount(section, state.data, "own", state.prior, (prior) => {
      const main = state.data.priors[0];
      state.prior = ownPrior.expression(prior) === ownPrior.expression(main) ? null : prior; // the main prior follows the report
      address();
    });
    named();
    mapped(p);
    tipped(p);
    document.getElementById("toml").textContent = reports.tomlOf(state.report);
    address();
  }

  function table(head, rows, caption) {
    const cells = (row) => row.map((cell, i) => (i === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell)));
    return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row))))));
  }

  function named() {
    const data = state.data;
    const rows = data.priors.map((prior) => {
      const found = ownPrior.posterior(data, prior, { mcid: data.mcid });
      const beyond = data.mcid === null ? [] : [probability(found.p_mcid)];
      return [prior.name, estimate(data, found), probability(found.p_benefit), ...beyond, probability(found.p_harm)];
    });
    const head = ["Prior", `${data.measure} (95% CrI)`, "P(benefit)", ...(data.mcid === null ? [] : ["P(\u2265 MCID)"]), "P(harm)"];
    const without = data.mcid === null ? [element("p", { class: "quiet" }, "With a smallest effect that matters, the table also has a sceptic, an enthusiast and a pessimist.")] : [];
    document.getElementById("named").replaceChildren(table(head, rows, "The same report under named priors"), ...without);
  }

  function mapped(p) {
    const data = state.data;
    const found = beliefs.map(data, p, MAP);
    const [left, top, width, height] = [52, 8, 500, 240];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const draw = (tag, attributes, text) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
      if (text !== undefined) node.textContent = text;
      svg.append(node);
      return node;
    };
    const natural = (value) => short(ownPrior.numbers.toNatural(data, value));
    const [w, h] = [width / MAP[0], height / MAP[1]];
    found.p.forEach((row, j) => row.forEach((value, i) => {
      const [, words, name] = BANDS.find(([limit]) => value < limit);
      const cell = draw("rect", { class: name, x: left + i * w, y: top + height - (j + 1) * h, width: w + 0.4, height: h + 0.4 });
      const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
      title.textContent = `prior mean ${natural(found.means[i])}, sd ${short(found.sds[j])}: P(benefit) ${probability(value)}, ${words}`;
      cell.append(title);
    }));
    for (const i of [0, 6, 12, 18, 24]) draw("text", { x: left + (i + 0.5) * w, y: top + height + 18, "text-anchor": "middle" }, natural(found.means[i]));
    for (const j of [0, 5, 9, 14]) draw("text", { x: left - 6, y: top + height - (j + 0.3) * h, "text-anchor": "end" }, String(Number(found.sds[j].toPrecision(2))));
    draw("text", { x: left + width / 2, y: top + height + 38, "text-anchor": "middle" }, `mean of the prior (${data.measure})`);
    draw("text", { transform: `translate(13 ${top + height / 2}) rotate(-90)`, "text-anchor": "middle" }, `sd of the prior${data.log ? " (log scale)" : ""}`);
    svg.setAttribute("viewBox", `0 0 ${left + width + 10} ${top + height + 46}`);
    svg.setAttribute("role", "img");
    const values = found.p.flat();
    const share = (test) => `${Math.round((100 * values.filter(test).length) / values.length)}%`;
    const says = `P(benefit) is at least 0.90 under ${share((v) => v >= 0.9)} of the ${values.length} priors of the map and at most 0.10 under ${share((v) => v <= 0.1)}; it runs from ${probability(Math.min(...values))} to ${probability(Math.max(...values))}.`;
    svg.setAttribute("aria-label", says);
    const present = BANDS.filter(([limit], i) => values.some((v) => v < limit && (i === 0 || v >= BANDS[i - 1][0])));
    const legend = element("ul", { class: "legend" }, ...present.map(([, words, name]) => element("li", {}, element("span", { class: `swatch ${name}` }), ` ${words}`)));
    document.getElementById("map").replaceChildren(svg, legend, element("p", {}, says));
  }

  function tipped(p) {
    const data = state.data;
    const natural = (value) => short(ownPrior.numbers.toNatural(data, value));
    const words = { p_benefit: "P(benefit)", p_mcid: "P(\u2265 MCID)" };
    const rows = beliefs.tipping(data, p).map((row) => {
      const what = row.vary === "prior_sd" ? "sd, centred on no effect" : `mean, at sd ${Number(row.sd.toPrecision(3))}`;
      const never = row.root === null && (row.least > row.target ? `always above: at least ${probability(row.least)}` : `never: at most ${probability(row.most)}`);
      return [`${words[row.probability]} = ${row.target}`, what, never || (row.vary === "prior_sd" ? String(Number(row.root.toPrecision(4))) : natural(row.root))];
    });
    const found = beliefs.reverseBayes(data, p);
    const between = () => [data.null, found.limit].sort((a, b) => a - b).map(natural).join(" and ");
    const around = () => [-1, 1].map((side) => natural(data.null + side * Math.abs(found.limit - data.null))).sort((a, b) => Number(a) - Number(b)).join(" and ");
    const said = {
      sceptic: () => `A sceptic who puts 95% prior probability on effects between ${around()} would not be convinced of ${found.what}; one with a wider prior would be.`,
      nobody: () => `Even a sceptic who puts 95% prior probability on effects between ${around()} would be convinced of ${found.what}.`,
      advocate: () => `An advocate who puts 95% prior probability on effects between ${between()} would be convinced of ${found.what}; one of larger effects, whose prior is wider, would not.`,
      none: () => `No credible advocate would be convinced of ${found.what}: it would take a prior that reaches to a tenfold effect or beyond.`,
    };
    const none = data.direction_unknown ? "The report does not say which arm it favours, so that it can convince no one of either." : "The report favours neither benefit nor harm.";
    document.getElementById("tipping").replaceChildren(element("p", { id: "reverse" }, found.who === null ? none : said[found.who]()),
      table(["Target", "Prior that is varied", "Value that reaches it"], rows, "Where the conclusion tips"));
  }

  // ---- an address that holds the input, and files -------------------------------------------------------------------

  function address() {
    const used = new Set(["kind", "measure", "benefit", "width", "favours", "significant", "mcid", ...reports.fieldsOf(state.report).map(([name]) => name)]);
    const held = Object.entries(state.report).filter(([name, value]) => used.has(name) && value);
    if (state.prior) held.push(["prior", ownPrior.expression(state.prior)]);
    const link = `#${new URLSearchParams(held)}`;
    history.replaceState(null, "", link);
    const anchor = document.getElementById("link");
    anchor.href = link;
    anchor.textContent = `${location.href.split("#")[0].split("/").pop()}${link}`;
  }

  function fromAddress() {
    const held = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (!(held.kind in reports.KINDS) || !(held.measure in reports.MEASURES) || !["lower", "higher"].includes(held.benefit)) return;
    state.prior = held.prior ? priorOf(held.prior) : null;
    delete held.prior;
    state.report = held;
  }

  function priorOf(text) {
    const number = "([-+.0-9e]+)";
    const simple = new RegExp(`^(normal|student_t)\\(${number}, ${number}(?:, ${number})?\\)$`).exec(text);
    if (simple) return { family: simple[1], values: simple.slice(2).filter((x) => x !== undefined).map(Number) };
    const mixed = new RegExp(`^mixture\\(${number}\\*normal\\(${number}, ${number}\\), ${number}\\*normal\\(${number}, ${number}\\)\\)$`).exec(text);
    return mixed ? { family: "mixture", values: [1, 2, 3, 5, 6].map((i) => Number(mixed[i])) } : null;
  }

  function take(text, name) {
    const say = (message) => document.getElementById("file-says").replaceChildren(message);
    let found;
    try {
      found = reports.fromFile(text);
    } catch (error) {
      return say(`${name}: ${error.message}`);
    }
    const buttons = found.map(([id, report]) => {
      if (typeof report === "string") return element("li", {}, `${id}: ${report}`);
      const button = element("button", { type: "button" }, id);
      button.addEventListener("click", () => show(report));
      return element("li", {}, button);
    });
    say(element("div", {}, `${name}, its outcomes:`, element("ul", {}, ...buttons)));
    const first = found.find(([, report]) => typeof report !== "string");
    if (first) show(first[1]);
  }

  function show(report) {
    state.report = { ...report };
    state.prior = null;
    layOut();
    update();
  }

  function copy(id) {
    const said = document.getElementById("copied");
    const text = document.getElementById(id);
    const selected = () => {
      getSelection().selectAllChildren(text);
      said.textContent = "Selected: copy it with Ctrl+C (or Cmd+C).";
    };
    if (!navigator.clipboard) return selected();
    navigator.clipboard.writeText(text.tagName === "A" ? text.href : text.textContent).then(() => { said.textContent = "Copied."; }, selected);
  }

  for (const button of document.querySelectorAll("[data-copy]")) button.addEventListener("click", () => copy(button.dataset.copy));
  document.getElementById("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) file.text().then((text) => take(text, file.name));
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) file.text().then((text) => take(text, file.name));
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", () => {
    fromAddress();
    layOut();
    update();
  });
  fromAddress();
  layOut();
  update();
  document.body.dataset.live = "true";
})();
