// What other beliefs would make of a report: every normal prior at once, and the priors at which a conclusion tips.
// The definitions are those of bayes/sensitivity (METHODS 6); all values are on the analysis scale.
const beliefs = (function () {
  "use strict";

  const { crowded, increasing, logLikelihood, NODES, WEIGHTS, REACH } = ownPrior.numbers;
  const TARGETS = [0.9, 0.95, 0.975];
  const CONVINCED = 0.975;
  const Q = special.upperQuantile(0.025);
  const NEUTRAL = 0.355; // sd of the neutral prior of a log ratio, in whose units the axes are
  const STEPS = { tipping: 161, limit: 61 };

  // P(effect better than a threshold) under normal priors, from log L on nodes that suit all of them
  function batch(data) {
    const { curve, unit } = data;
    const bounds = curve.bounds || [-Infinity, Infinity];
    const sd = NEUTRAL * unit;
    const reach = Math.log(100) * unit;
    const spots = [[curve.centre, curve.width], ...(curve.spots || []), [data.null, 0.005 * unit]];
    for (let m = -reach; m <= reach; m += sd) spots.push([data.null + m, sd / 2]);
    const low = Math.max(bounds[0], Math.min(...spots.map(([c, w]) => c - REACH * w)));
    const high = Math.min(bounds[1], Math.max(...spots.map(([c, w]) => c + REACH * w)));
    const thresholds = [data.null, ...(data.mcid === null ? [] : [data.matters])];
    const edges = crowded(spots, low, high).concat(thresholds);
    if (curve.bounds) for (let i = 2; i < 40; i++) edges.push(bounds[0] + 2 ** -i, bounds[1] - 2 ** -i);
    const sorted = increasing(edges);
    const logL = logLikelihood(curve);
    const nodes = [];
    for (let i = 1; i < sorted.length; i++) {
      const half = (sorted[i] - sorted[i - 1]) / 2;
      const middle = (sorted[i] + sorted[i - 1]) / 2;
      NODES.forEach((node, k) => {
        for (const at of [middle - half * node, middle + half * node]) nodes.push([at, logL(at) + Math.log(half * WEIGHTS[k])]);
      });
    }
    const theta = Float64Array.from(nodes, ([at]) => at);
    const log = Float64Array.from(nodes, ([, value]) => value);
    const values = new Float64Array(theta.length);
    return function (mean, spread, threshold) {
      let top = -Infinity;
      for (let i = 0; i < theta.length; i++) {
        values[i] = log[i] - 0.5 * ((theta[i] - mean) / spread) ** 2;
        if (values[i] > top) top = values[i];
      }
      let [all, above] = [0, 0];
      for (let i = 0; i < theta.length; i++) {
        if (values[i] < top - 60) continue;
        const mass = Math.exp(values[i] - top);
        all += mass;
        if (theta[i] > threshold) above += mass;
      }
      return data.sign > 0 ? above / all : 1 - above / all;
    };
  }

  // the first crossing of a target on a grid, refined; null where there is none
  function crossing(p, grid, target) {
    const values = grid.map(p);
    const i = values.findIndex((value, k) => k > 0 && (value - target) * (values[k - 1] - target) <= 0);
    if (i < 0) return { root: null, least: Math.min(...values), most: Math.max(...values) };
    const rising = values[i] > values[i - 1] ? 1 : -1;
    return { root: special.bisected((x) => rising * (p(x) - target), grid[i - 1], grid[i]) };
  }

  const even = (low, high, count) => Array.from(special.spaced(low, high, count));
  const geometric = (low, high, count) => even(Math.log(low), Math.log(high), count).map(Math.exp);

  // [least, most] sd of a prior centred on no effect: nearly certain to nearly flat
  function widths(data) {
    return [0.005 * data.unit, data.curve.bounds ? Math.min(100 * data.unit, 2) : 100 * data.unit];
  }

  // The priors at which P(benefit) and P(at least the MCID) reach each target: by sd, centred on no effect, and by
  // mean, at the neutral sd.
  function tipping(data, p) {
    const rows = [];
    const sd = NEUTRAL * data.unit;
    const reach = data.curve.bounds ? Math.min(Math.log(100) * data.unit, 0.99) : Math.log(100) * data.unit;
    const asked = [["p_benefit", data.null], ...(data.mcid === null ? [] : [["p_mcid", data.matters]])];
    for (const [probability, threshold] of asked) {
      for (const target of TARGETS) {
        const byWidth = crossing((s) => p(data.null, s, threshold), geometric(...widths(data), STEPS.tipping), target);
        rows.push({ vary: "prior_sd", probability, target, mean: data.null, sd: byWidth.root, ...byWidth });
        const byMean = crossing((m) => p(m, sd, threshold), even(data.null - reach, data.null + reach, STEPS.tipping), target);
        rows.push({ vary: "prior_mean", probability, target, mean: byMean.root, sd, ...byMean });
      }
    }
    return rows;
  }

  // The sceptic whom the data just convince, else the advocate whom they just convince (Matthews 2018): the sd and the
  // mean of that prior, or null.
  function reverseBayes(data, p) {
    const better = (mean, sd) => p(mean, sd, data.null);
    const [least, most] = widths(data);
    const flat = better(data.null, most);
    if (data.direction_unknown || Math.abs(flat - 0.5) < 1e-6) return { who: null };
    const side = flat > 0.5 ? data.sign : -data.sign;
    const convinced = (mean, sd) => (side === data.sign ? better(mean, sd) : 1 - better(mean, sd));
    const what = flat > 0.5 ? "benefit" : "harm";
    const { root } = crossing((sd) => convinced(data.null, sd), geometric(least, most, STEPS.limit), CONVINCED);
    if (root !== null) return { who: "sceptic", what, mean: data.null, sd: root, limit: data.null + side * Q * root };
    if (convinced(data.null, least) >= CONVINCED) return { who: "nobody", what, mean: data.null, sd: least, limit: data.null + side * Q * least };
    const sizes = geometric(0.02 * data.unit, 6 * data.unit, STEPS.limit);
    const found = crossing((m) => convinced(data.null + side * m, m / Q), sizes, CONVINCED).root;
    const room = data.curve.bounds ? 1 : Infinity;
    if (found === null || 2 * found > Math.min(Math.log(10) * data.unit, room)) return { who: "none", what };
    return { who: "advocate", what, mean: data.null + side * found, sd: found / Q, limit: data.null + side * 2 * found };
  }

  // P(benefit) over means (columns) and sds (rows) of normal priors
  function map(data, p, size) {
    const reach = data.curve.bounds ? Math.min(Math.log(3) * data.unit, 0.95) : Math.log(3) * data.unit;
    const means = even(data.null - reach, data.null + reach, size[0]);
    const sds = geometric(0.05 * data.unit, 2 * data.unit, size[1]);
    return { means, sds, p: sds.map((sd) => means.map((mean) => p(mean, sd, data.null))) };
  }

  return { batch, map, reverseBayes, tipping, NEUTRAL };
})();
