// What a reader types, as a report: the fields of each kind of evidence, what is wrong with them, the likelihood curve,
// and the same report as a trial file and as a command. A report is an object of texts, so that digits stay as typed.
const reports = (function () {
  "use strict";

  const RATIOS = { hazard_ratio: "hazard ratio", odds_ratio: "odds ratio", risk_ratio: "risk ratio", rate_ratio: "rate ratio", common_odds_ratio: "common odds ratio", mean_ratio: "ratio of means", win_ratio: "win ratio", win_odds: "win odds" };
  const DIFFERENCES = { mean_difference: "mean difference", standardised_mean_difference: "standardised mean difference", risk_difference: "risk difference" };
  const MEASURES = { ...RATIOS, ...DIFFERENCES };
  const ANY = Object.keys(MEASURES);
  const KINDS = {
    estimate: { name: "A ratio or a difference", measures: ANY },
    p_value: { name: "Only a p-value", measures: ANY },
    significance: { name: "Only \u201c(not) significant\u201d", measures: ANY },
    binary: { name: "Patients with the event (2 \u00d7 2)", measures: ["odds_ratio", "risk_ratio", "risk_difference"] },
    events: { name: "Events, several per patient", measures: ["rate_ratio"] },
    means: { name: "Means and standard deviations", measures: ["mean_difference", "standardised_mean_difference"] },
    ordinal: { name: "An ordinal table, such as the mRS", measures: ["common_odds_ratio"] },
  };
  const MOST = { events: 500, categories: 12, patients: 1e6 };
  const TAIL = special.upperQuantile(0.05);

  const isLog = (measure) => measure in RATIOS;
  const given = (text) => text !== undefined && String(text).trim() !== "";
  const number = (text) => (given(text) && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(String(text).trim()) ? Number(text) : NaN);
  const counts = (text) => String(text || "").trim().split(/[\s,;/|]+/).filter((part) => part !== "");

  // The fields that a report of this kind and measure has: [name, label, whether it may stay empty]
  function fieldsOf(report) {
    const { kind, measure, width } = report;
    const arms = (fields) => ["treatment", "control"].flatMap((arm) => fields.map(([name, label, optional]) => [`${arm}_${name}`, label, optional, arm]));
    const n = ["n", "Patients"];
    if (kind === "estimate") {
      const shape = { ci: [["low", "95% interval from"], ["high", "to"]], se: [["se", isLog(measure) ? "Standard error of its logarithm" : "Standard error"]], p: [["p", "Two-sided p-value"]] }[width || "ci"];
      return [["estimate", "Estimate"], ...shape, ...(measure === "mean_difference" ? [["sd_ref", "Standard deviation between patients"]] : []), ...arms([["n", "Patients", true]])];
    }
    if (kind === "p_value" || kind === "significance") {
      const said = kind === "p_value" ? [["p", "p-value, such as 0.34 or <0.01"]] : [["alpha", "Level of significance"]];
      if (width === "n" && measure === "standardised_mean_difference") return [...said, ...arms([n])];
      if (width === "n" && measure === "common_odds_ratio") return [...said, ...arms([n]), ["shares", "Shares of the categories, of both arms together"]];
      const se = ["se", isLog(measure) ? "Standard error of the log ratio" : "Standard error"];
      return [...said, se, ...(measure === "mean_difference" ? [["sd_ref", "Standard deviation between patients"]] : []), ...arms([["n", "Patients", true]])];
    }
    if (kind === "binary") return arms([["events", "With the event"], n]);
    if (kind === "events") return arms([["events", "Events"], n, ["persons", "Patients with at least one", true]]);
    if (kind === "means") return arms([["mean", "Mean"], ["sd", "Standard deviation"], n]);
    return arms([["counts", "Patients per category, best first"]]);
  }

  // What is wrong: [[field, message], ...], all of it at once
  function mistakesIn(report) {
    const found = [];
    const fields = fieldsOf(report);
    const value = (name) => number(report[name]);
    const say = (name, message) => found.push([name, message]);
    for (const [name, label, optional, arm] of fields) {
      const of = arm ? `${label}, ${arm}` : label;
      if (name.endsWith("counts") || name === "shares") continue;
      if (!given(report[name])) {
        if (!optional) say(name, `${of}: nothing is stated`);
        continue;
      }
      if (name === "p" && report.kind === "p_value") {
        const p = number(String(report.p).replace(/^\s*[<>]/, ""));
        if (!(p > 0 && p < 1)) say(name, `${of}: found ${report.p}; accepted: a number between 0 and 1, or a bound such as <0.01`);
        continue;
      }
      const x = value(name);
      if (!Number.isFinite(x)) say(name, `${of}: found ${report[name]}; accepted: a number, with a point for decimals`);
      else if (/events|persons|_n$/.test(name) && !(Number.isInteger(x) && x >= 0 && x <= MOST.patients)) say(name, `${of}: found ${report[name]}; accepted: a whole number`);
      else if (/_n$/.test(name) && x < (report.kind === "means" ? 2 : 1)) say(name, `${of}: found ${report[name]}; accepted: at least ${report.kind === "means" ? 2 : 1}`);
      else if (/^(se|sd_ref)$|_sd$/.test(name) && !(x > 0)) say(name, `${of}: found ${report[name]}; accepted: above 0`);
      else if (/^(p|alpha)$/.test(name) && !(x > 0 && x < 1)) say(name, `${of}: found ${report[name]}; accepted: between 0 and 1`);
      else if (/^(estimate|low|high)$/.test(name) && isLog(report.measure) && !(x > 0)) say(name, `${of}: found ${report[name]}; accepted: a ratio above 0`);
      else if (/^(estimate|low|high)$/.test(name) && report.measure === "risk_difference" && !(Math.abs(x) < 1)) say(name, `${of}: found ${report[name]}; accepted: between -1 and 1, so 5 percentage points are 0.05`);
    }
    if (!found.length) found.push(...contradictions(report, value));
    return [...found, ...wrongMcid(report)];
  }

  function contradictions(report, value) {
    const { kind, measure } = report;
    const found = [];
    if (kind === "estimate" && (report.width || "ci") === "ci") {
      const [low, y, high] = ["low", "estimate", "high"].map(value);
      if (!(low < high)) found.push(["low", `The interval runs from ${report.low} to ${report.high}; accepted: from the lower limit to the higher one`]);
      else if (!(low <= y && y <= high)) found.push(["estimate", `The estimate ${report.estimate} is outside its interval, ${report.low} to ${report.high}`]);
    }
    if (kind === "estimate" && report.width === "p" && value("estimate") === (isLog(measure) ? 1 : 0)) {
      found.push(["p", "A p-value beside an estimate of no effect does not say how precise the estimate is"]);
    }
    for (const arm of ["treatment", "control"]) {
      const [events, n, persons] = ["events", "n", "persons"].map((name) => value(`${arm}_${name}`));
      if (kind === "binary" && events > n) found.push([`${arm}_events`, `${events} of ${n} patients had the event, ${arm}; accepted: at most ${n}`]);
      if (kind === "events" && persons > Math.min(events, n)) found.push([`${arm}_persons`, `${persons} patients had ${events} events, ${arm}; accepted: at most ${Math.min(events, n)}`]);
      if (kind === "events" && persons === 0 && events > 0) found.push([`${arm}_persons`, `nobody had ${events} events, ${arm}`]);
      if (kind === "events" && events > MOST.events) found.push([`${arm}_events`, `${events} events, ${arm}; this page takes up to ${MOST.events}, the command any number`]);
    }
    if (kind === "events" && given(report.treatment_persons) !== given(report.control_persons)) {
      found.push([given(report.treatment_persons) ? "control_persons" : "treatment_persons", "Patients with at least one event: state both arms, or neither"]);
    }
    if (kind === "ordinal") found.push(...wrongTable(report));
    if (fieldsOf(report).some(([name]) => name === "shares")) {
      const shares = counts(report.shares).map(number);
      const total = shares.reduce((a, b) => a + b, 0);
      if (shares.length < 2 || !shares.every((share) => share >= 0) || !(Math.abs(total - 1) <= 0.02)) {
        found.push(["shares", `Shares of the categories: found ${report.shares || "nothing"}; accepted: at least two numbers that sum to 1`]);
      }
    }
    return found;
  }

  function wrongTable(report) {
    const found = [];
    const arms = ["treatment", "control"].map((arm) => [arm, counts(report[`${arm}_counts`]).map(number)]);
    for (const [arm, xs] of arms) {
      if (xs.length < 2 || !xs.every((x) => Number.isInteger(x) && x >= 0)) {
        found.push([`${arm}_counts`, `Patients per category, ${arm}: found ${report[`${arm}_counts`] || "nothing"}; accepted: whole numbers with spaces between them`]);
      } else if (!xs.some((x) => x > 0)) found.push([`${arm}_counts`, `Patients per category, ${arm}: all are 0`]);
      else if (xs.length > MOST.categories) found.push([`${arm}_counts`, `${xs.length} categories; this page takes up to ${MOST.categories}, the command up to 100`]);
    }
    const [one, none] = arms.map(([, xs]) => xs);
    if (!found.length && one.length !== none.length) found.push(["control_counts", `${one.length} categories in one arm and ${none.length} in the other`]);
    if (!found.length && one.filter((x, i) => x + none[i] > 0).length < 2) found.push(["treatment_counts", "All patients are in one category"]);
    return found;
  }

  function wrongMcid(report) {
    if (!given(report.mcid)) return [];
    const x = number(report.mcid);
    const none = isLog(report.measure) ? 1 : 0;
    const higher = report.benefit === "higher";
    const inside = isLog(report.measure) ? x > 0 : report.measure !== "risk_difference" || Math.abs(x) < 1;
    if (Number.isFinite(x) && inside && (higher ? x > none : x < none)) return [];
    return [["mcid", `Smallest effect that matters: found ${report.mcid}; accepted: ${higher ? "above" : "below"} ${none}, because ${higher ? "higher" : "lower"} is better`]];
  }

  // The likelihood curve of a report without mistakes
  function curveOf(report) {
    const { kind, measure, benefit } = report;
    const value = (name) => number(report[name]);
    const arm = (name, fields) => Object.fromEntries(fields.map((field) => [field, given(report[`${name}_${field}`]) ? value(`${name}_${field}`) : null]));
    const sign = benefit === "higher" ? 1 : -1;
    const bounds = measure === "risk_difference" ? [-1, 1] : null;
    const on = (x) => (isLog(measure) ? Math.log(x) : x);
    if (kind === "estimate") {
      const y = on(value("estimate"));
      const width = report.width || "ci";
      if (width === "ci") return curves.normal(y, (on(value("high")) - on(value("low"))) / (2 * special.upperQuantile(0.025)), bounds);
      return curves.normal(y, width === "se" ? value("se") : Math.abs(y) / special.upperQuantile(value("p") / 2), bounds);
    }
    if (kind === "p_value" || kind === "significance") {
      const bound = /^\s*([<>])/.exec(report.p || "");
      const how = kind === "significance" ? (report.significant === "true" ? "below" : "above") : bound ? { "<": "below", ">": "above" }[bound[1]] : "exactly";
      const p = kind === "significance" ? value("alpha") : number(report.p.replace(/^\s*[<>]/, ""));
      return curves.bareTest({ p, how, favours: report.favours, ...errorOf(report), sign, bounds });
    }
    if (kind === "binary") return curves.binary(measure, ...["treatment", "control"].flatMap((name) => [value(`${name}_events`), value(`${name}_n`)]));
    if (kind === "events") return curves.events(arm("treatment", ["events", "n", "persons"]), arm("control", ["events", "n", "persons"]));
    if (kind === "means") return curves.means(measure, arm("treatment", ["mean", "sd", "n"]), arm("control", ["mean", "sd", "n"]));
    const [one, none] = ["treatment", "control"].map((name) => counts(report[`${name}_counts`]).map(Number));
    const used = one.map((x, i) => x + none[i] > 0);
    return curves.ordinal(one.filter((_, i) => used[i]), none.filter((_, i) => used[i]), sign);
  }

  // The standard error of a bare test, and the degrees of freedom of a small trial's
  function errorOf(report) {
    if (report.width !== "n" || !["standardised_mean_difference", "common_odds_ratio"].includes(report.measure)) return { s: number(report.se) };
    const [n1, n0] = ["treatment", "control"].map((arm) => number(report[`${arm}_n`]));
    if (report.measure === "standardised_mean_difference") {
      return { s: Math.sqrt(1 / n1 + 1 / n0), df: n1 + n0 - 2 < 100 ? n1 + n0 - 2 : undefined };
    }
    const shares = counts(report.shares).map(Number);
    const total = shares.reduce((a, b) => a + b, 0);
    const cubes = shares.reduce((sum, share) => sum + (share / total) ** 3, 0);
    return { s: 1 / Math.sqrt(((n1 * n0 * (n1 + n0)) / (3 * (n1 + n0 + 1) ** 2)) * (1 - cubes)) };
  }

  // The neutral and the vague sd of a normal prior on the scale of the measure; null where a difference of risks has no
  // reference risk (METHODS 2)
  function widthsOf(report) {
    const value = (name) => number(report[name]);
    if (isLog(report.measure)) return { neutral: 0.355, vague: 5 };
    if (report.measure === "standardised_mean_difference") return { neutral: 0.195, vague: 2.75 };
    if (report.measure === "mean_difference") {
      const sd = sdOf(report);
      return { neutral: 0.195 * sd, vague: 2.75 * sd };
    }
    const [x1, n1, x0, n0] = ["treatment_events", "treatment_n", "control_events", "control_n"].map(value);
    const risk = (x1 + x0) / (n1 + n0);
    return { neutral: risk > 0 && risk < 1 ? 0.355 * risk * (1 - risk) : null, vague: 0.5 };
  }

  function sdOf(report) {
    if (report.kind !== "means") return number(report.sd_ref);
    const [s1, n1, s0, n0] = ["treatment_sd", "treatment_n", "control_sd", "control_n"].map((name) => number(report[name]));
    return Math.sqrt(((n1 - 1) * s1 ** 2 + (n0 - 1) * s0 ** 2) / (n1 + n0 - 2));
  }

  // Everything that own_prior.js and beliefs.js ask of a report without mistakes
  function dataOf(report) {
    const curve = curveOf(report);
    const log = isLog(report.measure);
    const sign = report.benefit === "higher" ? 1 : -1;
    const mcid = given(report.mcid) ? number(report.mcid) : null;
    const matters = mcid === null ? null : log ? Math.log(mcid) : mcid;
    const widths = widthsOf(report);
    const neutral = widths.neutral === null ? 2 * curve.width : widths.neutral;
    const unit = neutral / beliefs.NEUTRAL;
    const sd = report.measure === "mean_difference" ? sdOf(report) : 1;
    const rope = log ? [1 / 1.1, 1.1] : { risk_difference: [-0.01, 0.01], standardised_mean_difference: [-0.05, 0.05], mean_difference: [-0.05 * sd, 0.05 * sd] }[report.measure];
    const prior = (name, mean, spread) => ({ name, family: "normal", values: [mean, spread], expression: `normal(${mean}, ${spread})` });
    const priors = [prior(widths.neutral === null ? "twice as wide as the report" : "neutral", 0, neutral), prior("vague", 0, widths.vague)];
    if (matters !== null) {
      const spread = Math.abs(matters) / TAIL;
      priors.push(prior("sceptical", 0, spread), prior("enthusiastic", matters, spread), prior("pessimistic", -matters, spread));
    }
    const far = Math.log(3) * unit;
    return {
      curve, log, sign, mcid, matters, unit, rope, priors, proportion: false, null: 0, shape: "normal", mcid_elsewhere: true,
      measure: MEASURES[report.measure],
      direction_unknown: report.favours === "unknown" && ["p_value", "significance"].includes(report.kind),
      sides: sign > 0 ? ["control is better", "treatment is better"] : ["treatment is better", "control is better"],
      ranges: { mean: [-far, far], sd: [0.05 * unit, 2 * unit], mcid: [-far, far] },
      command: commandOf(report),
    };
  }

  // ---- the report as a command and as a trial file ------------------------------------------------------------------

  function commandOf(report) {
    const option = (name, text) => (given(text) ? ` --${name} ${String(text).trim()}` : "");
    const common = `bayes fit --measure ${report.measure} --benefit ${report.benefit}${option("mcid", report.mcid)}`;
    if (report.kind === "estimate" && report.measure !== "mean_difference") {
      const width = report.width || "ci";
      const shape = width === "ci" ? ` --ci ${report.low.trim()} ${report.high.trim()}` : option(width, report[width]);
      return `${common}${option("estimate", report.estimate)}${shape}`;
    }
    const arm = (name) => ` --${name} ${report[`${name}_events`]} ${report[`${name}_n`]}`;
    if (report.kind === "binary") return `${common}${arm("treatment")}${arm("control")}`;
    return "bayes fit my_report.toml";
  }

  function tomlOf(report) {
    const text = (name) => String(report[name]).trim();
    const arm = (name, fields) => `${name} = { ${fields.filter((field) => given(report[`${name}_${field}`])).map((field) => `${field} = ${text(`${name}_${field}`)}`).join(", ")} }`;
    const both = (fields) => [arm("treatment", fields), arm("control", fields)];
    const sizes = sizesOf(report);
    const n = sizes.every(Number.isFinite) ? `n = { treatment = ${sizes[0]}, control = ${sizes[1]} }` : '# n = { treatment = 0, control = 0 }   # a file needs the number of patients in each arm';
    const evidence = [`kind = "${report.kind}"`];
    const quoted = (value) => (/^[<>]/.test(value) ? `"${value}"` : value);
    if (report.kind === "estimate") {
      const width = report.width || "ci";
      evidence.push(`estimate = ${text("estimate")}`, width === "ci" ? `ci = [${text("low")}, ${text("high")}]` : `${width} = ${text(width)}`);
    } else if (report.kind === "p_value" || report.kind === "significance") {
      if (report.kind === "p_value") evidence.push(`p = ${quoted(text("p").replace(/\s/g, ""))}`);
      else evidence.push(`significant = ${report.significant}`, `alpha = ${text("alpha")}`);
      evidence.push(`favours = "${report.favours}"`);
      if (report.width === "n" && ["standardised_mean_difference", "common_odds_ratio"].includes(report.measure)) {
        evidence.push(`n = { treatment = ${text("treatment_n")}, control = ${text("control_n")} }`);
        if (report.measure === "common_odds_ratio") evidence.push(`reference = { shares = [${counts(report.shares).join(", ")}], source = "..." }`);
      } else evidence.push(`se = ${text("se")}`);
    } else if (report.kind === "ordinal") {
      const k = counts(report.treatment_counts).length;
      evidence.push(`categories = [${Array.from({ length: k }, (_, i) => `"${i}"`).join(", ")}]   # best first`);
      for (const name of ["treatment", "control"]) evidence.push(`${name} = [${counts(report[`${name}_counts`]).join(", ")}]`);
    } else evidence.push(...both({ binary: ["events", "n"], events: ["events", "persons", "n"], means: ["mean", "sd", "n"] }[report.kind]));
    return [
      'id = "my_report"   # the name of the file', 'title = "..."', `year = ${new Date().getFullYear()}`, 'condition = "..."', 'design = "..."',
      'arms = { treatment = "treatment", control = "control" }', n, "",
      "[outcomes.report]", 'label = "..."', `measure = "${report.measure}"`, `benefit = "${report.benefit}"`, 'source = "..."',
      ...(given(report.mcid) ? [`mcid = { value = ${text("mcid")}, rationale = "..." }`] : []),
      ...(given(report.sd_ref) && report.measure === "mean_difference" && report.kind !== "means" ? [`sd_ref = ${text("sd_ref")}`] : []),
      "", "[outcomes.report.evidence]", ...evidence, "",
    ].join("\n");
  }

  function sizesOf(report) {
    const sum = (xs) => xs.reduce((a, b) => a + Number(b), 0);
    if (report.kind === "ordinal") return ["treatment", "control"].map((arm) => sum(counts(report[`${arm}_counts`])));
    return ["treatment", "control"].map((arm) => number(report[`${arm}_n`]));
  }

  // ---- a trial file as reports --------------------------------------------------------------------------------------

  // [[id of the outcome, report or the reason why this page does not take it], ...]
  function fromFile(text) {
    const file = toml.parse(text);
    if (!file.outcomes) throw new Error("no [outcomes.*] in this file; accepted: a trial file");
    return Object.entries(file.outcomes).map(([id, outcome]) => [id, fromOutcome(outcome)]);
  }

  function fromOutcome(outcome) {
    const e = outcome.evidence || {};
    const plain = (x) => (x === undefined ? "" : String(x));
    if (!(e.kind in KINDS)) return `evidence of kind ${e.kind || "not stated"} is for the command`;
    const wanted = { compares: "treatment_vs_control", unit: "count", level: "0.95", sides: "2", test: undefined, df: undefined, rho: undefined, dispersion: "negative_binomial", prior: undefined, printed_as: undefined, events: undefined };
    for (const [name, usual] of Object.entries(wanted)) {
      if (e[name] !== undefined && plain(e[name]) !== usual && !(name === "test" && e.kind === "estimate")) return `evidence with ${name} = ${e[name]} is for the command`;
    }
    if (!KINDS[e.kind].measures.includes(outcome.measure)) return `a ${outcome.measure} of kind ${e.kind} is for the command`;
    if (e.se === undefined && ["p_value", "significance"].includes(e.kind) && (outcome.design_effect ?? outcome.icc) !== undefined) return "a bare test of clusters is for the command";
    const report = { kind: e.kind, measure: outcome.measure, benefit: outcome.benefit, mcid: plain(outcome.mcid && outcome.mcid.value), sd_ref: plain(outcome.sd_ref) };
    report.width = e.ci ? "ci" : e.se !== undefined ? "se" : e.n ? "n" : "p";
    if (e.kind === "estimate" && report.width === "n") report.width = "p";
    if (e.ci) [report.low, report.high] = e.ci.map(plain);
    for (const name of ["estimate", "se", "p", "alpha", "favours", "significant"]) report[name] = plain(e[name]);
    if (e.kind === "significance" && report.alpha === "") report.alpha = "0.05";
    if (e.reference) report.shares = e.reference.shares.map(plain).join(" ");
    for (const arm of ["treatment", "control"]) {
      if (e.n) report[`${arm}_n`] = plain(e.n[arm]);
      if (Array.isArray(e[arm])) report[`${arm}_counts`] = e[arm].map(plain).join(" ");
      else for (const [name, x] of Object.entries(e[arm] || {})) report[`${arm}_${name}`] = plain(x);
      if (e.kind === "means" && e[arm] && e[arm].sd === undefined) return "means with a standard error or an interval are for the command";
      if (e[arm] && (e[arm].exposure !== undefined || e[arm].percent !== undefined)) return "exposure and percentages are for the command";
    }
    return report;
  }

  return { KINDS, MEASURES, counts, dataOf, fieldsOf, fromFile, isLog, mistakesIn, tomlOf };
})();
