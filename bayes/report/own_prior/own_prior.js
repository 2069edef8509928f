// Bring your own prior: makes every <section class="own-prior"> of a page live.
// First the numbers (prior times likelihood by Gauss-Legendre quadrature, as in bayes/quadrature/tabled.py), then the
// picture, then the form. All text is inserted as text, never as markup.
(function () {
  "use strict";

  // ---- numbers: all on the analysis scale ---------------------------------------------------------------------------

  const NODES = [0.183434642495649805, 0.525532409916328986, 0.796666477413626740, 0.960289856497536232];
  const WEIGHTS = [0.362683783378361983, 0.313706645877887287, 0.222381034453374471, 0.101228536290376259];
  const REACH = 1e6; // widths to which panels extend, for priors with heavy tails
  const CERTAIN = 1e-6; // prior mass on one side of no effect that counts as none, as in `bayes fit`

  // log L(theta): the Hermite cubic between nodes, linear beyond them; between bounds, nodes are on the logit scale.
  // A curve that comes as a function, `at`, is taken as it is.
  function logLikelihood(curve) {
    if (curve.at) return curve.at;
    const { x, value, slope, bounds } = curve;
    const last = x.length - 1;
    return function (theta) {
      const at = bounds ? Math.log((theta - bounds[0]) / (bounds[1] - theta)) : theta;
      if (at <= x[0]) return value[0] + slope[0] * (at - x[0]);
      if (at >= x[last]) return value[last] + slope[last] * (at - x[last]);
      let low = 0;
      let high = last;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (x[middle] <= at) low = middle;
        else high = middle;
      }
      const gap = x[high] - x[low];
      const t = (at - x[low]) / gap;
      const rise = value[high] - value[low];
      const left = slope[low] * gap - rise;
      const right = rise - slope[high] * gap;
      return value[low] + t * rise + t * (1 - t) * ((1 - t) * left + t * right);
    };
  }

  // A prior is { family, values }: normal [mean, sd], student_t [df, mean, scale], beta [a, b], or a mixture of two
  // normals [weight of the first, mean, sd, mean, sd]. Its density is normalised numerically later.
  function logPrior(prior) {
    const [a, b, c, d, e] = prior.values;
    const normal = (theta, mean, sd) => -0.5 * ((theta - mean) / sd) ** 2 - Math.log(sd);
    if (prior.family === "normal") return (theta) => normal(theta, a, b);
    if (prior.family === "student_t") return (theta) => -((a + 1) / 2) * Math.log1p(((theta - b) / c) ** 2 / a);
    if (prior.family === "beta") return (theta) => (a - 1) * Math.log(theta) + (b - 1) * Math.log1p(-theta);
    return function (theta) {
      const one = Math.log(a) + normal(theta, b, c);
      const two = Math.log1p(-a) + normal(theta, d, e);
      return Math.max(one, two) + Math.log1p(Math.exp(-Math.abs(one - two)));
    };
  }

  // [centre, width] of each component, near which panels must be narrow
  function spotsOf(prior) {
    const [a, b, c, d, e] = prior.values;
    if (prior.family === "normal") return [[a, b]];
    if (prior.family === "student_t") return [[b, c * (1 + 0.48 / a)]];
    if (prior.family === "mixture") return [[b, c], [d, e]];
    return [[a / (a + b), Math.sqrt((a * b) / (a + b + 1)) / (a + b)]];
  }

  const increasing = (values) => Float64Array.from(new Set(values)).sort();

  // Edges of panels that are as narrow as each spot near it and widen away from it (`quadrature.integrals.crowded`).
  function crowded(spots, low, high) {
    const clip = (value) => Math.min(Math.max(value, low), high);
    const points = [low, high];
    for (const [centre, width] of spots) {
      for (let i = -120; i <= 120; i++) points.push(clip(centre + width * Math.sinh((i / 120) * Math.asinh(1e3))));
    }
    let x = increasing(points);
    for (let halving = 0; halving < 3; halving++) {
      const finer = Array.from(x);
      for (let i = 1; i < x.length; i++) finer.push((x[i - 1] + x[i]) / 2);
      x = increasing(finer);
    }
    const perUnit = x.map((t) => Math.max(...spots.map(([c, w]) => 1 / (w * Math.sqrt(1 + ((t - c) / (3 * w)) ** 2)))));
    const level = new Float64Array(x.length);
    for (let i = 1; i < x.length; i++) {
      level[i] = level[i - 1] + ((x[i] - x[i - 1]) * (perUnit[i] + perUnit[i - 1])) / 2;
    }
    const total = level[level.length - 1];
    const panels = Math.ceil(total);
    const edges = [low, high];
    for (let k = 1, i = 1; k < panels; k++) {
      const wanted = (k * total) / panels;
      while (level[i] < wanted) i++;
      edges.push(x[i - 1] + ((x[i] - x[i - 1]) * (wanted - level[i - 1])) / (level[i] - level[i - 1]));
    }
    return edges;
  }

  function panelEdges(curve, prior, thresholds) {
    const spots = [[curve.centre, curve.width], ...(curve.spots || []), ...spotsOf(prior)];
    const bounds = curve.bounds || [-Infinity, Infinity];
    const low = Math.max(bounds[0], Math.min(...spots.map(([c, w]) => c - REACH * w)));
    const high = Math.min(bounds[1], Math.max(...spots.map(([c, w]) => c + REACH * w)));
    const edges = crowded(spots, low, high).concat(thresholds.filter((edge) => low < edge && edge < high));
    if (curve.bounds) { // densities may be steep, or infinite, at a bound
      for (let i = 2; i < 40; i++) edges.push(bounds[0] + 2 ** -i, bounds[1] - 2 ** -i);
    }
    return increasing(edges);
  }

  function integral(f, low, high) {
    const half = (high - low) / 2;
    const middle = (high + low) / 2;
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += WEIGHTS[k] * (f(middle - half * NODES[k]) + f(middle + half * NODES[k]));
    return half * sum;
  }

  // A distribution from the log of an unnormalised density; `above` takes an edge of the panels.
  function distribution(edges, logDensity) {
    let top = -Infinity;
    for (let i = 1; i < edges.length; i++) top = Math.max(top, logDensity((edges[i - 1] + edges[i]) / 2));
    const height = (theta) => Math.exp(logDensity(theta) - top);
    const mass = [];
    const first = [];
    for (let i = 1; i < edges.length; i++) {
      mass.push(integral(height, edges[i - 1], edges[i]));
      first.push(integral((theta) => theta * height(theta), edges[i - 1], edges[i]));
    }
    const total = mass.reduce((a, b) => a + b, 0);
    const mean = first.reduce((a, b) => a + b, 0) / total;
    let second = 0;
    for (let i = 1; i < edges.length; i++) {
      second += integral((theta) => (theta - mean) ** 2 * height(theta), edges[i - 1], edges[i]);
    }
    return {
      mean,
      sd: Math.sqrt(second / total),
      density: (theta) => height(theta) / total,
      above: (edge) => Math.min(mass.reduce((sum, m, i) => (edges[i] >= edge ? sum + m : sum), 0) / total, 1),
      quantile(probability) {
        let rest = probability * total;
        let i = 0;
        while (i < mass.length - 1 && rest > mass[i]) rest -= mass[i++];
        let [low, high] = [edges[i], edges[i + 1]];
        for (let halving = 0; halving < 60; halving++) {
          const middle = (low + high) / 2;
          if (integral(height, edges[i], middle) < rest) low = middle;
          else high = middle;
        }
        return (low + high) / 2;
      },
    };
  }

  const toAnalysis = (data, value) => (data.log ? Math.log(value) : value);
  const toNatural = (data, value) => (data.log ? Math.exp(value) : value);

  // The prior within its bounds, the posterior, and its summaries. `mcid` is on the measure's own scale, or null.
  function answer(data, prior, mcid) {
    const rope = data.rope ? data.rope.map((limit) => toAnalysis(data, limit)) : null;
    const matters = mcid === null ? null : toAnalysis(data, mcid);
    const edges = panelEdges(data.curve, prior, [data.null, ...(rope || []), ...(matters === null ? [] : [matters])]);
    const believed = logPrior(prior);
    const logL = logLikelihood(data.curve);
    const before = distribution(edges, believed);
    const after = distribution(edges, (theta) => believed(theta) + logL(theta));
    const good = (threshold) => (data.sign > 0 ? after.above(threshold) : 1 - after.above(threshold));
    const order = prior.family === "student_t" && data.curve.level_tails ? prior.values[0] : Infinity;
    return {
      before,
      after,
      logL,
      numbers: {
        mean: order > 1 ? after.mean : null,
        sd: order > 2 ? after.sd : null,
        median: after.quantile(0.5),
        low: after.quantile(0.025),
        high: after.quantile(0.975),
        p_benefit: good(data.null),
        p_harm: 1 - good(data.null),
        p_mcid: matters === null ? null : good(matters),
        p_rope: rope === null ? null : after.above(rope[0]) - after.above(rope[1]),
      },
    };
  }

  const digits = (value) => String(Number(value.toPrecision(12)));

  // Written so that `bayes.base.distributions.parse` can read it.
  function expression(prior) {
    const v = prior.values.map(digits);
    if (prior.family !== "mixture") return `${prior.family}(${v.join(", ")})`;
    return `mixture(${v[0]}*normal(${v[1]}, ${v[2]}), ${digits(1 - prior.values[0])}*normal(${v[3]}, ${v[4]}))`;
  }

  function command(data, prior, mcid) {
    const threshold = mcid === null || data.mcid_elsewhere ? "" : ` --threshold ${digits(mcid)}`;
    return `${data.command} --prior "${expression(prior)}"${threshold}`;
  }

  // ---- the picture --------------------------------------------------------------------------------------------------

  const POINTS = 320;
  const HEIGHT = 300;
  const BESIDE_BOUND = 0.02; // share of the range shown; a density may be infinite at a bound and is ignored this close

  // The part of the analysis scale to show, chosen as in the triplot of bayes/plots.
  function visible(data, prior, mcid, after) {
    const { centre, width, level_tails: level, bounds } = data.curve;
    const tails = [after.quantile(0.0005), after.quantile(0.9995)];
    const seen = [...tails, data.null];
    if (mcid !== null) seen.push(toAnalysis(data, mcid));
    const wide = Math.min(3.5 * width, tails[1] - tails[0]);
    if (!level) seen.push(centre - wide, centre + wide);
    let low = Math.min(...seen);
    let high = Math.max(...seen);
    const room = 0.3 * (high - low);
    const spots = spotsOf(prior);
    const from = Math.min(...spots.map(([c, w]) => c - 2 * w));
    const to = Math.max(...spots.map(([c, w]) => c + 2 * w));
    low = Math.min(low - 0.05 * room, Math.max(from, low - room));
    high = Math.max(high + 0.05 * room, Math.min(to, high + room));
    return bounds ? [Math.max(low, bounds[0] + 1e-6), Math.min(high, bounds[1] - 1e-6)] : [low, high];
  }

  function ticksOf(data, low, high, most) {
    if (!data.log) {
      const rough = (high - low) / Math.max(most - 1, 2);
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = power * [1, 2, 2.5, 5, 10].find((s) => s * power >= rough);
      const ticks = [];
      for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push([k * step, Number((k * step).toPrecision(6))]);
      return ticks;
    }
    const apart = (high - low) / (1.6 * most);
    const label = (value) => Number(value.toPrecision(value >= 1 ? 3 : 2));
    let best = [low, high].map((at) => [at, Number(Math.exp(at).toPrecision(2))]);
    let found = 0;
    for (const tier of data.ticks) {
      if (tier[tier.length - 1] * 1.3 < Math.exp(Math.max(high, -low))) continue;
      const inside = increasing(tier.flatMap((t) => [Math.log(t), -Math.log(t) || 0]))
        .filter((at) => low <= at && at <= high);
      const crowd = inside.some((at, i) => i > 0 && at - inside[i - 1] <= apart);
      if (crowd || inside.length > most || inside.length < 2 || inside.length < found) continue;
      found = inside.length;
      best = Array.from(inside, (at) => [at, label(Math.exp(at))]);
    }
    return best;
  }

  function drawn(tag, attributes, text) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    return node;
  }

  function draw(svg, data, prior, mcid, found, uid) {
    const width = Math.max(svg.parentNode.clientWidth, 240);
    const [low, high] = visible(data, prior, mcid, found.after);
    const theta = Array.from({ length: POINTS }, (_, i) => low + ((high - low) * i) / (POINTS - 1));
    const logs = theta.map(found.logL);
    const peak = Math.max(...logs);
    const raw = logs.map((value) => Math.exp(value - peak));
    const area = (raw.reduce((a, b) => a + b, 0) - (raw[0] + raw[POINTS - 1]) / 2) * (theta[1] - theta[0]);
    const likelihood = raw.map((value) => value / area);
    const before = theta.map(found.before.density);
    const after = theta.map(found.after.density);
    const margin = data.curve.bounds ? BESIDE_BOUND * (high - low) : 0;
    const inside = theta.map((t) => low + margin <= t && t <= high - margin);
    const evident = Math.max(...[...after, ...likelihood].filter((_, i) => inside[i % POINTS]));
    const top = 1.04 * Math.min(Math.max(...after, ...likelihood, ...before), 1.6 * evident);
    const [left, right, ceiling, floor] = [14, width - 14, 6, HEIGHT - 82];
    const x = (t) => left + ((right - left) * (t - low)) / (high - low);
    const y = (value) => floor - ((floor - ceiling) * Math.min(value, 1.5 * top)) / top;
    const path = (values, keep) => values.map((v, i) => [theta[i], v]).filter(([t]) => keep === undefined || keep(t))
      .map(([t, v], i) => `${i ? "L" : "M"}${x(t).toFixed(1)} ${y(v).toFixed(1)}`).join("");
    const good = (t) => (data.sign > 0 ? t >= data.null : t <= data.null);

    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.setAttribute("height", HEIGHT); // one unit per pixel, so that letters keep their size on a narrow screen
    const clip = drawn("clipPath", { id: `${uid}-clip` });
    clip.append(drawn("rect", { x: left, y: ceiling, width: right - left, height: floor - ceiling }));
    const curves = drawn("g", { "clip-path": `url(#${uid}-clip)` });
    const shaded = theta.filter(good);
    if (shaded.length > 1) {
      const close = `L${x(shaded[shaded.length - 1]).toFixed(1)} ${floor}L${x(shaded[0]).toFixed(1)} ${floor}Z`;
      curves.append(drawn("path", { class: "benefit", d: path(after, good) + close }));
    }
    const vertical = (name, at) => drawn("line", { class: name, x1: x(at), x2: x(at), y1: ceiling, y2: floor });
    curves.append(vertical("none", data.null));
    if (mcid !== null) curves.append(vertical("mcid", toAnalysis(data, mcid)));
    curves.append(drawn("path", { class: "prior", d: path(before) }));
    curves.append(drawn("path", { class: "likelihood", d: path(likelihood) }));
    curves.append(drawn("path", { class: "posterior", d: path(after) }));
    const axis = drawn("g", { class: "axis" });
    axis.append(drawn("line", { x1: left, x2: right, y1: floor, y2: floor }));
    for (const [at, label] of ticksOf(data, low, high, Math.max(3, Math.floor(width / 56)))) {
      axis.append(drawn("line", { x1: x(at), x2: x(at), y1: floor, y2: floor + 4 }));
      axis.append(drawn("text", { x: x(at), y: floor + 18, "text-anchor": "middle" }, String(label)));
    }
    const sides = [`\u2190\u00a0${data.sides[0]}`, `${data.sides[1]}\u00a0\u2192`];
    const apart = (sides[0].length + sides[1].length) * 7 < width - 28 ? 0 : 16; // on two lines on a narrow screen
    axis.append(drawn("text", { x: left, y: floor + 37 }, sides[0]));
    axis.append(drawn("text", { x: right, y: floor + 37 + apart, "text-anchor": "end" }, sides[1]));
    const none = data.proportion ? "goal" : "no effect";
    const marks = `line: ${none}` + (mcid === null ? "" : `; dashed: MCID ${short(mcid)}`);
    axis.append(drawn("text", { x: width / 2, y: floor + 58 + apart, "text-anchor": "middle" }, `${data.measure} (${marks})`));
    svg.replaceChildren(clip, curves, axis);
  }

  // ---- words --------------------------------------------------------------------------------------------------------

  // Two decimals below 10, then three significant digits; two of them below 0.1 (as base/numbers.py writes numbers).
  function short(value) {
    const size = Math.abs(value);
    if (size < 1e-9) return "0"; // zero up to the error of quadrature
    if (size < 0.1) return String(Number(value.toPrecision(2)));
    if (size < 10) return value.toFixed(2);
    return size < 1000 ? String(Number(value.toPrecision(3))) : Math.round(value).toLocaleString("en");
  }

  const NO_MCID = "no MCID";

  const sensible = (value) => String(Number(value.toPrecision(4)));

  function probability(p) {
    return p < 0.0005 ? "<0.001" : p >= 0.9995 ? ">0.999" : p.toFixed(3);
  }

  function estimate(data, numbers) {
    const [middle, low, high] = [numbers.median, numbers.low, numbers.high].map((v) => short(toNatural(data, v)));
    return `${middle} (${low} to ${high})`;
  }

  function rowsOf(data, numbers, mcid) {
    const rows = [
      [`${data.measure}, median (95% CrI)`, estimate(data, numbers)],
      ["P(benefit)", probability(numbers.p_benefit)],
      [mcid === null ? "P(at least the MCID)" : `P(at least the MCID, ${sensible(mcid)})`,
        numbers.p_mcid === null ? NO_MCID : probability(numbers.p_mcid)],
      ["P(harm)", probability(numbers.p_harm)],
    ];
    if (data.rope) {
      rows.push([`P(within ${short(data.rope[0])} to ${short(data.rope[1])})`, probability(numbers.p_rope)]);
    }
    return rows;
  }

  // ---- the form -----------------------------------------------------------------------------------------------------

  const FAMILIES = {
    normal: { name: "normal", fields: ["mean", "sd"] },
    student_t: { name: "Student-t, with heavier tails", fields: ["mean", "sd", "df"] },
    mixture: { name: "mixture of two normals", fields: ["weight", "mean", "sd", "mean2", "sd2"] },
    beta: { name: "beta", fields: ["mean", "sd"] },
  };

  // Conversion between the values of a prior and the fields of the form. A beta is adjusted by its mean and sd.
  function fieldsOf(prior) {
    const [a, b, c, d, e] = prior.values;
    if (prior.family === "normal") return { mean: a, sd: b };
    if (prior.family === "student_t") return { df: a, mean: b, sd: c };
    if (prior.family === "mixture") return { weight: a, mean: b, sd: c, mean2: d, sd2: e };
    return { mean: a / (a + b), sd: Math.sqrt((a * b) / (a + b + 1)) / (a + b) };
  }

  function priorOf(family, f) {
    if (family === "normal") return { family, values: [f.mean, f.sd] };
    if (family === "student_t") return { family, values: [f.df, f.mean, f.sd] };
    if (family === "mixture") return { family, values: [f.weight, f.mean, f.sd, f.mean2, f.sd2] };
    const size = (f.mean * (1 - f.mean)) / f.sd ** 2 - 1;
    return { family, values: [f.mean * size, (1 - f.mean) * size] };
  }

  // [the field that is wrong, why], or null
  function wrongField(data, family, fields, mcid) {
    for (const key of FAMILIES[family].fields) {
      const value = fields[key];
      const mean = key.startsWith("mean");
      if (mean && data.log && !Number.isFinite(value)) return [key, "The mean of the prior must be a ratio above 0."];
      if (!Number.isFinite(value)) return [key, `Enter a number for the ${WORDS[key]}.`];
      if (mean && data.proportion && !(value > 0 && value < 1)) return [key, "The mean must lie between 0 and 1."];
      if (key === "weight" && !(value > 0 && value < 1)) return [key, "The weight must lie between 0 and 1."];
      if (!mean && !(value > 0)) return [key, `The ${WORDS[key]} must be above 0.`];
    }
    if (family === "beta" && priorOf(family, fields).values[0] <= 0) {
      const most = Math.sqrt(fields.mean * (1 - fields.mean));
      return ["sd", `No beta distribution has this mean and sd: with a mean of ${sensible(fields.mean)}, the sd must be below ${sensible(most)}.`];
    }
    const wrong = wrongMcid(data, mcid);
    return wrong === null ? null : ["mcid", wrong];
  }

  const WORDS = { mean: "mean", sd: "sd", mean2: "second mean", sd2: "second sd", df: "degrees of freedom", weight: "weight" };

  // undefined means not a number, null an outcome without an MCID
  function wrongMcid(data, mcid) {
    if (mcid === null) return null;
    const bounds = data.log ? [0, Infinity] : data.curve.bounds || [-Infinity, Infinity];
    if (!Number.isFinite(mcid)) return "Enter a number for the MCID.";
    if (!(mcid > bounds[0] && mcid < bounds[1])) return `An MCID of ${sensible(mcid)} is outside the range of the ${data.measure}.`;
    if (data.sign * (toAnalysis(data, mcid) - data.null) > 0) return null;
    const none = short(toNatural(data, data.null));
    return `This MCID is on the side of harm: it must be ${data.sign > 0 ? "above" : "below"} ${none}.`;
  }

  function oneSided(data, before) {
    if (data.proportion) return null;
    const above = before.above(data.null);
    if (above > CERTAIN && above < 1 - CERTAIN) return null;
    return "This prior lies entirely on one side of no effect, so no report could contradict it. " +
      "If this is intended, state it in a prior set with allow_one_sided = true.";
  }

  function element(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === true) node.setAttribute(name, "");
      else if (value !== false) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  function start(section, number) {
    mount(section, JSON.parse(section.querySelector('script[type="application/json"]').textContent), `own-prior-${number}`);
  }

  // Makes a section live. `chosen`, a prior in place of the main one, lets a page keep the reader's prior when the report
  // changes; `changed` is called with every valid prior.
  function mount(section, data, uid, chosen, changed) {
    const main = data.priors[0];
    const state = { family: main.family, fields: fieldsOf(main), mcid: data.mcid };
    const inputs = {};
    let shown = null; // the last valid answer

    const message = element("p", { class: "own-prior-message", role: "alert", id: `${uid}-message` });
    const fieldset = element("div", { class: "own-prior-fields" });
    const says = element("p", { class: "own-prior-says" });
    const from = element("select", { id: `${uid}-from` }, element("option", { value: "" }, "my own"),
      ...data.priors.map((prior, i) => element("option", { value: String(i) }, prior.name)));
    const shapes = data.shape === "beta" ? ["beta"] : ["normal", "student_t", "mixture"];
    const family = element("select", { id: `${uid}-family` },
      ...shapes.map((key) => element("option", { value: key }, FAMILIES[key].name)));
    const svg = drawn("svg", { role: "img", class: "own-prior-figure" });
    const sentence = element("p", { class: "own-prior-sentence", role: "status", "aria-live": "polite" });
    const table = element("table", {});
    const texts = { prior: element("code", { id: `${uid}-prior` }), command: element("code", { id: `${uid}-command` }) };
    const copied = element("span", { class: "own-prior-copied", role: "status" });
    const picture = element("div", { class: "own-prior-picture" }, legend(), element("div", {}, svg));
    const words = element("div", { class: "own-prior-words" }, sentence, table);

    // A quantity as a number and a slider; `get` and `set` connect them to the state.
    function control(key, label, attributes, slider, get, set) {
      const typed = element("input", { type: "number", id: `${uid}-${key}`, "aria-describedby": `${uid}-message`, ...attributes });
      const [low, high, at, of] = slider;
      const slide = element("input", { type: "range", min: low, max: high, step: (high - low) / 200, "aria-label": `${label}, slider` });
      const hint = element("span", { class: "own-prior-hint" });
      const control = {
        typed,
        slide,
        hint,
        show(alsoTyped) {
          const value = get();
          if (alsoTyped) typed.value = value === null || !Number.isFinite(value) ? "" : sensible(value);
          if (value === null || !Number.isFinite(at(value))) return;
          slide.value = at(value);
          slide.setAttribute("aria-valuetext", sensible(value));
        },
      };
      typed.addEventListener("input", () => {
        set(typed.value.trim() === "" ? undefined : Number(typed.value));
        control.show(false);
        own();
      });
      slide.addEventListener("input", () => {
        const value = of(Number(slide.value));
        set(Number((Math.abs(value) < (high - low) * 1e-9 ? 0 : value).toPrecision(3)));
        control.show(true);
        own();
      });
      inputs[key] = control;
      return element("div", { class: "own-prior-field" }, element("label", { for: typed.id }, label), typed, slide, hint);
    }

    const same = (value) => value;
    const effect = (key, label, range, get, set) => control(key, label, { step: data.log || data.curve.bounds ? 0.01 : 0.1 },
      [...range, (v) => toAnalysis(data, v), (v) => toNatural(data, v)], get, set);
    const onScale = data.log ? ` (${data.measure})` : "";

    function field(key) {
      const set = (value) => { state.fields[key] = value === undefined ? NaN : value; };
      const get = () => state.fields[key];
      const two = state.family === "mixture";
      if (key === "mean" || key === "mean2") {
        const which = !two ? "Prior mean" : key === "mean" ? "First mean" : "Second mean";
        return effect(key, which + onScale, data.ranges.mean, () => toNatural(data, state.fields[key]),
          (value) => set(value === undefined ? NaN : toAnalysis(data, value)));
      }
      if (key === "df") return control(key, "Degrees of freedom", { step: 1 }, [1, 30, same, same], get, set);
      if (key === "weight") return control(key, "Weight of the first", { step: 0.05 }, [0.01, 0.99, same, same], get, set);
      const name = state.family === "student_t" ? "Prior scale" : !two ? "Prior sd" : key === "sd" ? "First sd" : "Second sd";
      return control(key, name + (data.log ? " (log scale)" : ""), { step: 0.01 },
        [...data.ranges.sd.map(Math.log), Math.log, Math.exp], get, set);
    }

    function layOut() {
      const kept = inputs.mcid;
      for (const key of Object.keys(inputs)) delete inputs[key];
      inputs.mcid = kept;
      fieldset.replaceChildren(...FAMILIES[state.family].fields.map(field));
      family.value = state.family;
      for (const one of Object.values(inputs)) one.show(true);
    }

    function own() {
      from.value = "";
      update();
    }

    function take(prior) {
      state.family = prior.family;
      state.fields = fieldsOf(prior);
      layOut();
    }

    function update() {
      for (const one of Object.values(inputs)) one.typed.removeAttribute("aria-invalid");
      for (const key of ["mean", "mean2"]) {
        if (inputs[key] && data.log) {
          const value = state.fields[key];
          inputs[key].hint.textContent = Number.isFinite(value) ? `${value.toFixed(3)} on the log scale` : "";
        }
      }
      const wrong = wrongField(data, state.family, state.fields, state.mcid);
      if (wrong) return refuse(wrong[1], inputs[wrong[0]].typed);
      const prior = priorOf(state.family, state.fields);
      const found = answer(data, prior, state.mcid);
      const refused = oneSided(data, found.before);
      if (refused) return refuse(refused, inputs.mean.typed);
      shown = { prior, mcid: state.mcid, found };
      message.textContent = "";
      section.classList.remove("stale");
      for (const button of buttons) button.disabled = false;
      show();
      if (changed) changed(prior);
    }

    function refuse(why, input) {
      message.textContent = why + " The results shown are for the last valid input.";
      input.setAttribute("aria-invalid", "true");
      section.classList.add("stale");
      for (const button of buttons) button.disabled = true;
    }

    function show() {
      const { prior, mcid, found } = shown;
      const numbers = found.numbers;
      const span = [0.025, 0.975].map((p) => short(toNatural(data, found.before.quantile(p))));
      says.textContent = `Under this prior, the ${data.measure} lies between ${span[0]} and ${span[1]} with a probability of 95%.`;
      const rows = rowsOf(data, numbers, mcid);
      const other = rowsOf(data, answer(data, main, mcid).numbers, mcid);
      sentence.textContent = `Under your prior: ${data.measure} ${estimate(data, numbers)}, median and 95% credible interval; ` +
        rows.slice(1, 4).filter(([, value]) => value !== NO_MCID).map(([name, value]) => `${name} ${value}`).join(", ") + ".";
      const head = ["", "your prior", main.name].map((name) => element("th", { scope: "col" }, name));
      table.replaceChildren(element("thead", {}, element("tr", {}, ...head)), element("tbody", {},
        ...rows.map(([name, value], i) => element("tr", {}, element("th", { scope: "row" }, name),
          element("td", {}, value), element("td", {}, other[i][1])))));
      texts.prior.textContent = expression(prior);
      texts.command.textContent = command(data, prior, mcid);
      copied.textContent = "";
      svg.setAttribute("aria-label", `Prior ${expression(prior)} (dashed), likelihood (dotted) and posterior (solid) of the ` +
        `${data.measure}; left ${data.sides[0]}, right ${data.sides[1]}. ${sentence.textContent}`);
      draw(svg, data, prior, mcid, found, uid);
    }

    function copy(name) {
      const text = texts[name];
      const select = () => {
        const range = document.createRange();
        range.selectNodeContents(text);
        const selection = window.getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        copied.textContent = "Selected: copy it with Ctrl+C (or Cmd+C).";
      };
      if (!navigator.clipboard) return select();
      navigator.clipboard.writeText(text.textContent).then(() => { copied.textContent = "Copied."; }, select);
    }

    const button = (label, act) => {
      const made = element("button", { type: "button" }, label);
      made.addEventListener("click", act);
      return made;
    };
    const buttons = [button("Copy prior", () => copy("prior")), button("Copy command", () => copy("command"))];
    const reset = button("Reset", () => {
      state.mcid = data.mcid;
      from.value = "0";
      take(main);
      update();
    });
    from.addEventListener("change", () => {
      if (from.value === "") return;
      take(data.priors[Number(from.value)]);
      update();
    });
    family.addEventListener("change", () => {
      const { mean, sd } = state.fields;
      state.fields = { mean2: mean, sd2: 2 * sd, weight: 0.5, df: 4, ...state.fields };
      state.family = family.value;
      layOut();
      own();
    });
    const far = toNatural(data, data.sign > 0 ? data.ranges.mcid[1] : data.ranges.mcid[0]);
    const slide = [toAnalysis(data, far), data.null].sort((a, b) => a - b);
    const mcidField = effect("mcid", "MCID: the smallest effect that matters", slide, () => state.mcid,
      (value) => { state.mcid = value === undefined && data.mcid === null ? null : value; });
    const row = (label, input) => element("div", { class: "own-prior-field" }, element("label", { for: input.id }, label), input);
    const form = element("form", { class: "own-prior-form", novalidate: true },
      row("Start from", from), ...(shapes.length > 1 ? [row("Shape", family)] : []), fieldset, says,
      ...(data.mcid_elsewhere ? [] : [mcidField]), message,
      element("div", { class: "own-prior-buttons" }, reset));
    form.addEventListener("submit", (event) => event.preventDefault());
    const takeAway = element("div", { class: "own-prior-take" },
      element("p", {}, "Your prior: ", texts.prior, " ", buttons[0]),
      element("p", {}, "The same analysis by NUTS: ", texts.command, " ", buttons[1]), copied);
    section.append(element("div", { class: "own-prior-body" }, form, picture, words), takeAway);
    const offered = chosen ? data.priors.findIndex((prior) => expression(prior) === expression(chosen)) : 0;
    from.value = offered < 0 ? "" : String(offered);
    take(chosen || main);
    update();
    new ResizeObserver(() => shown && draw(svg, data, shown.prior, shown.mcid, shown.found, uid)).observe(svg.parentNode);
    section.dataset.live = "true";
  }

  function legend() {
    const entry = (name, words) => {
      const sample = drawn("svg", { width: 34, height: 12, "aria-hidden": "true" });
      if (name === "benefit") sample.append(drawn("rect", { class: name, x: 2, y: 0, width: 30, height: 12 }));
      else sample.append(drawn("path", { class: name, d: "M1 6L33 6" }));
      return element("li", {}, sample, ` ${words}`);
    };
    return element("ul", { class: "own-prior-legend" }, entry("prior", "prior"), entry("likelihood", "likelihood"),
      entry("posterior", "posterior"), entry("benefit", "benefit"));
  }

  window.ownPrior = {
    posterior: (data, prior, thresholds) => answer(data, prior, thresholds.mcid).numbers,
    expression,
    command,
    mount,
    numbers: { crowded, increasing, logLikelihood, toAnalysis, toNatural, NODES, WEIGHTS, REACH },
    words: { digits, element, estimate, probability, sensible, short },
  };
  document.querySelectorAll("section.own-prior").forEach(start);
})();
