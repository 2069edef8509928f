// The likelihood of a report as a function of its effect theta, on the analysis scale: the mathematics of
// bayes/quadrature, once more, for the reports that a page takes. Each curve has `at` (theta -> log L), where it lies
// (`centre`, `width`, `spots`), its `bounds`, `level_tails`, whether it is `determined`, and `normal` where it is.
const curves = (function () {
  "use strict";

  const S = special;
  const FAR = 60; // reach of a tabulated curve: a ratio of e^60, or 60 standard deviations
  const COSTLY = 151; // nodes of a curve with two or more inner integrals
  const CHEAP = 801;
  const BOUNDED = 1201; // on either side of no effect
  const BASELINE = 2.5; // sd of the normal prior of a log odds or a log risk midway between the arms
  const RATE = 2.5; // the same of a log rate per person

  // ---- where a curve lies (`likelihood_curve.landmarks_of`) ---------------------------------------------------------

  function landmarks(logL, bounds, start, determined) {
    const hair = bounds ? 1e-9 * (bounds[1] - bounds[0]) : 0;
    const inside = (xs) => (bounds ? xs.map((x) => Math.min(Math.max(x, bounds[0] + hair), bounds[1] - hair)) : xs);
    const distinct = (xs) => xs.filter((x, i) => i === 0 || x > xs[i - 1]);
    let [centre, scale] = start;
    let grid, values, best;
    const look = (xs) => {
      grid = distinct(inside(xs));
      values = grid.map(logL);
      best = values.indexOf(Math.max(...values));
    };
    for (let i = 0; i < (determined ? 40 : 1); i++) {
      look(Array.from(S.spaced(-1, 1, 31), (u) => centre + scale * Math.sinh(4.5 * u)));
      if ((best > 0 && best < grid.length - 1) || (bounds && inside([...bounds]).includes(grid[best]))) break;
      [centre, scale] = [grid[best], 8 * scale];
    }
    let near, first, last;
    for (let i = 0; i < 8; i++) {
      near = values.flatMap((value, k) => (value > values[best] - 2 ? [k] : []));
      first = Math.max(near[0] - 1, 0);
      last = Math.min(near[near.length - 1] + 1, grid.length - 1);
      if (near.length >= 9) break;
      look(Array.from(S.spaced(grid[first], grid[last], 17)));
    }
    const drop = values[best] - 2;
    const between = (i, k) => (values[i] >= drop ? grid[i] : grid[i] + ((grid[k] - grid[i]) * (drop - values[i])) / (values[k] - values[i]));
    const [left, right] = [between(first, near[0]), between(last, near[near.length - 1])];
    if (!determined && Math.abs(grid[best] - start[0]) > 10 * start[1]) return start;
    return [grid[best], (right - left) / 4];
  }

  // ---- a costly curve as a spline over u = arcsinh((theta - centre) / width); two where it has a corner at zero -----

  function tabulated(logL, start, { unit = 1, determined = true, points = COSTLY, corner = false, level = false } = {}) {
    const [centre, width] = landmarks(logL, null, start, determined);
    const reach = Math.asinh(Math.max(FAR * unit, 12 * width) / width);
    const u = (theta) => Math.asinh((theta - centre) / width);
    const through = (low, high, count) =>
      S.evenSpline(low, high, Array.from(S.spaced(low, high, count), (v) => logL(centre + width * Math.sinh(v))));
    const none = u(0);
    const pieces = corner && Math.abs(none) < reach
      ? [through(-reach, none, points), through(none, reach, points)]
      : [through(-reach, reach, points)];
    return {
      at: (theta) => (pieces.length > 1 && theta > 0 ? pieces[1] : pieces[0])(u(theta)),
      centre, width, bounds: null, level_tails: level, determined,
    };
  }

  // ---- a printed estimate, a p-value, a statement of significance ---------------------------------------------------

  function normal(y, s, bounds) {
    return { at: (theta) => S.logNormal((theta - y) / s) - Math.log(s), centre: y, width: s, bounds, level_tails: false, determined: true, normal: [y, s] };
  }

  // A test statistic `at`, of which the report says its value, that it is exceeded, or that it falls short. Its
  // distribution is normal or, with `df`, the noncentral t of a difference in standard deviations.
  function bareTest({ p, how, favours, s, df, sign, bounds }) {
    const z = S.upperQuantile(p / 2, df);
    const ratios = df === undefined ? [[1, 0]] : sdRatios(df);
    const direction = (side, theta) => {
      const d = (side * theta) / s;
      const given = ratios.map(([ratio, weight]) => {
        const above = z * ratio - d;
        if (how === "exactly") return S.logNormal(above) + Math.log(ratio) + weight;
        return weight + (how === "below" ? S.logNdtr(-above) : S.logNormalBetween(-d, above));
      });
      return given.length === 1 ? given[0] : S.logSumExp(given);
    };
    const up = favours === (sign > 0 ? "control" : "treatment") ? -1 : 1;
    const unknown = favours === "unknown";
    const logL = unknown ? (theta) => S.logAddExp(direction(1, theta), direction(-1, theta)) : (theta) => direction(up, theta);
    const centre = unknown ? 0 : up * z * s;
    const exact = how === "exactly";
    const width = exact && !unknown ? s : s * Math.max(1, Math.abs(z));
    const curve = { at: logL, centre, width, bounds, level_tails: how === "below", determined: exact && !unknown };
    curve.spots = unknown ? [[z * s, s / 2], [-z * s, s / 2]] : [[centre, s / 2]];
    if (exact && !unknown && df === undefined) curve.normal = [centre, s];
    if (df !== undefined) {
      const u = (theta) => Math.asinh((theta - centre) / width);
      const reach = Math.asinh(Math.max(FAR, 12 * width) / width);
      const spline = S.evenSpline(-reach, reach, Array.from(S.spaced(-reach, reach, CHEAP), (v) => logL(centre + width * Math.sinh(v))));
      curve.at = (theta) => spline(u(theta));
    }
    return curve;
  }

  // nodes and log weights of the sample SD over the true SD (`measures.sd_ratio`)
  function sdRatios(nu) {
    const reach = 8 / Math.sqrt(2 * nu);
    const logs = S.spaced(-Math.max(reach, 38 / nu), Math.max(reach, 0.5 * Math.log(1 + 80 / nu)), 401);
    const weights = Array.from(logs, (v) => nu * v - (nu * Math.exp(2 * v)) / 2);
    const total = S.logSumExp(weights);
    return Array.from(logs, (v, i) => [Math.exp(v), weights[i] - total]);
  }

  // ---- persons with an event in two arms, over the risk midway (`two_risks`) ----------------------------------------

  function binary(measure, x1, n1, x0, n0) {
    const logSoft = (v) => (v > 0 ? v + Math.log1p(Math.exp(-v)) : Math.log1p(Math.exp(v)));
    const log1mexp = (v) => Math.log(-Math.expm1(Math.min(v, -1e-300)));
    const determined = x1 > 0 && x1 < n1 && x0 > 0 && x0 < n0;
    const start = startOfBinary(measure, x1, n1, x0, n0);
    if (measure === "odds_ratio") {
      const logL = (theta) => {
        const f = (a) => {
          const [up, down] = [a + theta / 2, a - theta / 2];
          return x1 * up - n1 * logSoft(up) + x0 * down - n0 * logSoft(down) + S.logNormal(a / BASELINE) - Math.log(BASELINE);
        };
        const reach = 60 + Math.abs(theta);
        return S.logIntegral(f, -reach, reach, 65);
      };
      return tabulated(logL, start, { determined, points: CHEAP });
    }
    if (measure === "risk_ratio") {
      const logL = (theta) => {
        const bound = -Math.abs(theta) / 2;
        const z = bound / BASELINE;
        const f = (w) => { // the baseline is bound - t, t = exp(w)
          const t = Math.exp(w);
          const [one, none] = [Math.min(theta, 0) - t, Math.min(-theta, 0) - t];
          const logP = x1 * one + (n1 - x1) * log1mexp(one) + x0 * none + (n0 - x0) * log1mexp(none);
          return logP - ((t / BASELINE - 2 * z) * t) / (2 * BASELINE) + w;
        };
        return S.logIntegral(f, -60, 5, 193) + S.logHazard(z) - Math.log(BASELINE);
      };
      const level = (x1 === 0 && x0 === n0) || (x1 === n1 && x0 === 0);
      return tabulated(logL, start, { determined: x1 > 0 && x0 > 0 && (x1 < n1 || x0 < n0), points: CHEAP, corner: true, level });
    }
    const logL = (theta) => {
      const [room, up, down] = [1 - Math.abs(theta), Math.max(theta, 0), Math.max(-theta, 0)];
      const f = (w) => { // the baseline as a uniform share of its range
        const [share, rest] = [1 / (1 + Math.exp(-w)), 1 / (1 + Math.exp(w))];
        const one = x1 * Math.log(up + room * share) + (n1 - x1) * Math.log(down + room * rest);
        const none = x0 * Math.log(down + room * share) + (n0 - x0) * Math.log(up + room * rest);
        return one + none + Math.log(share) + Math.log(rest);
      };
      return S.logIntegral(f, -60, 60);
    };
    const [centre, width] = landmarks(logL, [-1, 1], start, true);
    // nodes over u = arcsinh(logit / near): dense beside the corner at zero, within the bounds at both ends
    const near = width / 5;
    const reach = Math.asinh(20 / near);
    const of = (u) => {
      const v = near * Math.sinh(u);
      return logL(v < 0 ? -1 + 2 / (1 + Math.exp(-v)) : 1 - 2 / (1 + Math.exp(v)));
    };
    const [left, right] = [[-reach, 0], [0, reach]].map(([low, high]) => S.evenSpline(low, high, Array.from(S.spaced(low, high, BOUNDED), of)));
    const at = (theta) => (theta > 0 ? right : left)(Math.asinh(Math.log((1 + theta) / (1 - theta)) / near));
    return { at, centre, width, bounds: [-1, 1], level_tails: false, determined: true };
  }

  function startOfBinary(measure, x1, n1, x0, n0) {
    const [p1, p0] = [(x1 + 0.5) / (n1 + 1), (x0 + 0.5) / (n0 + 1)];
    const [m1, m0] = [n1 + 1, n0 + 1];
    if (measure === "risk_difference") return [p1 - p0, Math.sqrt((p1 * (1 - p1)) / m1 + (p0 * (1 - p0)) / m0)];
    if (measure === "risk_ratio") return [Math.log(p1 / p0), Math.sqrt((1 - p1) / (m1 * p1) + (1 - p0) / (m0 * p0))];
    const ratio = Math.log(p1 / (1 - p1)) - Math.log(p0 / (1 - p0));
    return [ratio, Math.sqrt(1 / (m1 * p1 * (1 - p1)) + 1 / (m0 * p0 * (1 - p0)))];
  }

  // ---- events in persons, over the baseline and the size of the negative binomial (`events`) ------------------------

  // an arm: { events, n, persons }, persons (with at least one event) null where they are not printed
  function events(treatment, control) {
    const [one, none] = [treatment, control].map((arm) => (arm.persons === null ? total(arm) : inPersons(arm)));
    const logL = (theta) => S.logIntegral((logK) => {
      const [given1, given0] = [one(logK), none(logK)];
      const f = (a) => given1(Math.exp(a + theta / 2)) + given0(Math.exp(a - theta / 2)) + S.logNormal(a / RATE);
      const reach = 40 + Math.abs(theta);
      return S.logIntegral(f, -reach, reach, 57, 3) + S.logNormal(logK);
    }, -12, 12, 41, 2);
    const [x1, x0] = [treatment.events + 0.5, control.events + 0.5];
    const start = [Math.log(x1 / treatment.n) - Math.log(x0 / control.n), Math.sqrt(1 / x1 + 1 / x0)];
    return tabulated(logL, start, { determined: treatment.events > 0 && control.events > 0 });
  }

  // log probability of the total of an arm: logK -> (rate per person -> log P)
  function total({ events: t, n }) {
    return (logK) => {
      const size = n * Math.exp(logK);
      const coefficient = S.logGamma(t + size) - S.logGamma(size);
      return (perPerson) => {
        const mean = n * perPerson;
        return coefficient + (t === 0 ? 0 : t * Math.log(mean / (size + mean))) - size * Math.log1p(mean / size);
      };
    };
  }

  function inPersons({ events: t, n, persons: m }) {
    const spline = t === 0 ? () => 0 : logOnto(t, m);
    return (logK) => {
      const k = Math.exp(logK);
      const coefficient = spline(logK);
      return (mu) => coefficient - n * k * Math.log1p(mu / k) + (t === 0 ? 0 : t * Math.log(mu / (k + mu)));
    };
  }

  // log [x^T] ((1 - x)^-k - 1)^m over log k, the series tilted to mean T / m so that nothing underflows
  function logOnto(t, m) {
    const [low, high, count] = [-12, 12, 481];
    return S.evenSpline(low, high, Array.from(S.spaced(low, high, count), (logK) => {
      const k = Math.exp(logK);
      const logC = Float64Array.from({ length: t }, (_, i) => S.logGamma(k + i + 1) - S.logGamma(k) - S.logGamma(i + 2));
      const tilted = (tilt) => logC.map((c, i) => c - tilt * (i + 1));
      let [less, more] = [-150, 150];
      for (let step = 0; step < 30; step++) { // any tilt is exact; this one preserves precision
        const value = (less + more) / 2;
        const logs = tilted(value);
        const top = logs.reduce((a, b) => Math.max(a, b), -Infinity);
        let [sum, first] = [0, 0];
        for (let i = 0; i < t; i++) {
          const w = Math.exp(logs[i] - top);
          sum += w;
          first += w * (i + 1);
        }
        if (first > (sum * t) / m) less = value;
        else more = value;
      }
      const tilt = (less + more) / 2;
      const logs = tilted(tilt);
      const logTotal = S.logSumExp(logs);
      const base = new Float64Array(t + 1);
      logs.forEach((v, i) => { base[i + 1] = Math.exp(v - logTotal); });
      const [power, scale] = seriesPower(base, m);
      return Math.log(power[t]) + scale + m * logTotal + tilt * t;
    }));
  }

  function seriesPower(base, exponent) {
    const multiply = (p, q, scale) => {
      const product = new Float64Array(p.length);
      for (let i = 0; i < p.length; i++) if (p[i] !== 0) for (let j = 0; i + j < p.length; j++) product[i + j] += p[i] * q[j];
      const largest = product.reduce((a, b) => Math.max(a, b), 0);
      return [product.map((v) => v / largest), scale + Math.log(largest)];
    };
    let [result, logR, logB] = [new Float64Array(base.length), 0, 0];
    result[0] = 1;
    for (; exponent; exponent = Math.floor(exponent / 2)) {
      if (exponent % 2) [result, logR] = multiply(result, base, logR + logB);
      if (exponent > 1) [base, logB] = multiply(base, base, 2 * logB);
    }
    return [result, logR];
  }

  // ---- means, over both standard deviations (`means`) ---------------------------------------------------------------

  // an arm: { mean, sd, n }
  function means(measure, t, c) {
    const standardised = measure === "standardised_mean_difference";
    const [n1, n0, a] = [t.n, c.n, t.n + c.n - 2];
    const pooled = Math.sqrt(((n1 - 1) * t.sd ** 2 + (n0 - 1) * c.sd ** 2) / a);
    const priorMean = (n1 * t.mean + n0 * c.mean) / (n1 + n0);
    const priorVariance = (10 * pooled) ** 2;
    const reach = (arm) => {
      const room = 300 / (arm.n - 1);
      return [-0.5 * Math.log1p(2 * Math.sqrt(room) + 2 * room), Math.min(Math.sqrt(room) + room, 8)];
    };
    const [[low1, high1], [low0, high0]] = [reach(t), reach(c)];
    const middle = Math.log(t.sd / c.sd);
    const [below, above] = [10, 10 + 32 / Math.sqrt(a)];
    const points = Math.floor((below + above) / 0.7);
    const scale = 2.5 * pooled;
    const logWeight = (arm, logSigma) => {
      const variance = Math.exp(2 * logSigma);
      return logSigma - 2 * Math.log1p(variance / (3 * scale ** 2)) - (arm.n - 1) * (logSigma + (0.5 * arm.sd ** 2) / variance);
    };
    const unit = (s1, s0) => (standardised ? Math.sqrt((s1 ** 2 + s0 ** 2) / 2) : 1);
    const given = (theta, s1, s0) => {
      const [v1, v0, half] = [(s1 * s1) / n1, (s0 * s0) / n0, (unit(s1, s0) * theta) / 2];
      const [r1, r0] = [t.mean - priorMean - half, c.mean - priorMean + half];
      const determinant = v1 * v0 + priorVariance * (v1 + v0);
      const spread = r1 * r1 * v0 + r0 * r0 * v1 + priorVariance * (r1 - r0) ** 2;
      return -0.5 * (spread / determinant + Math.log(determinant));
    };
    const peak = (theta, up, down) => { // of the integrand over log r, priors aside
      const [variance, difference] = [up ** 2 / n1 + down ** 2 / n0, t.mean - c.mean];
      const [fixed, moving] = standardised ? [difference, theta * unit(up, down)] : [difference - theta, 0];
      const squares = (n1 - 1) * (t.sd / up) ** 2 + (n0 - 1) * (c.sd / down) ** 2;
      const [b, slope] = [(squares + fixed ** 2 / variance) / 2, (fixed * moving) / variance];
      const x = (slope + Math.sqrt(slope ** 2 + 8 * a * b)) / (4 * b);
      return [-Math.log(x), 1 / Math.sqrt(4 * b * x ** 2 - slope * x)];
    };
    const logL = (theta) => S.logIntegral((q) => {
      const [centre, width] = peak(theta, Math.exp(q / 2), Math.exp(-q / 2));
      const f = (logR) => {
        const [one, none] = [logR + q / 2, logR - q / 2];
        return given(theta, Math.exp(one), Math.exp(none)) + logWeight(t, one) + logWeight(c, none);
      };
      return S.logIntegral(f, centre - below * width, centre + above * width, points, 0);
    }, middle + low1 - high0, middle + high1 - low0, 49, 1);
    const difference = t.mean - c.mean;
    let start = [difference, Math.sqrt(t.sd ** 2 / n1 + c.sd ** 2 / n0)];
    if (standardised) {
      const g = ((1 - 3 / (4 * a - 1)) * difference) / pooled;
      start = [g, Math.sqrt(1 / n1 + 1 / n0 + g ** 2 / (2 * (n1 + n0)))];
    }
    return tabulated(logL, start, { unit: standardised ? 1 : pooled });
  }

  // ---- an ordinal table, its cutpoints integrated one after another (`ordinal`) -------------------------------------

  const NODES = 55;
  const REACH = 8.5;
  const STEP = 0.8;

  // counts of both arms, best category first; categories empty in both are left out by the caller
  function ordinal(treatment, control, sign) {
    const k = treatment.length;
    const c = 1 / (0.8 + 0.35 * Math.max(k, 3));
    const sum = (xs) => xs.reduce((p, q) => p + q, 0);
    const [n1, n0] = [sum(treatment), sum(control)];
    const logL = (theta) => chain(treatment, control, c, (sign * theta) / 2);
    const before = (xs) => xs.reduce((found, x) => [...found, found[found.length - 1] + x], [0]).slice(1);
    const upto = before(control);
    const score = sum(treatment.map((x, i) => x * (n0 - upto[i] - (upto[i] - control[i])))) / (n1 + n0 + 1);
    const shares = treatment.map((x, i) => (x + control[i]) / (n1 + n0));
    const information = ((n1 * n0 * (n1 + n0)) / (3 * (n1 + n0 + 1) ** 2)) * (1 - sum(shares.map((p) => p ** 3)));
    const determined = separated(treatment, control) === false;
    return tabulated(logL, [(sign * score) / information, 1 / Math.sqrt(information)], { determined });
  }

  function separated(treatment, control) { // every patient of one arm at least as well as every patient of the other
    const used = (xs) => xs.flatMap((x, i) => (x > 0 ? [i] : []));
    const [a, b] = [used(treatment), used(control)];
    return a[a.length - 1] <= b[0] || b[b.length - 1] <= a[0];
  }

  const soft = (v) => (v > 350 ? 350 : Math.log1p(Math.exp(v)));

  function chain(x, y, c, up) {
    const down = -up;
    const k = x.length;
    const total = x.reduce((p, q, i) => p + q + y[i] + c, 0);
    const share = (x.reduce((p, q) => p + q) + (c * k) / 2) / total;
    const windows = [];
    let below = 0;
    for (let i = 0; i < k - 1; i++) {
      below += x[i] + y[i] + c;
      const sd = Math.sqrt(S.trigamma(below) + S.trigamma(total - below));
      let centre = Math.log(below / (total - below)) - (up + down) / 2;
      let slope = 1;
      const expit = (v) => 1 / (1 + Math.exp(-v));
      for (let step = 0; step < 60; step++) {
        const [p, q] = [expit(centre + up), expit(centre + down)];
        slope = share * p * (1 - p) + (1 - share) * q * (1 - q);
        const gap = below / total - share * p - (1 - share) * q;
        centre += Math.min(Math.max(gap / Math.max(slope, 1e-12), -1), 1);
      }
      const width = Math.max(sd, Math.min(1 / Math.sqrt(total * Math.max(slope, 1e-12)), sd + Math.abs(up - down) / 8));
      windows.push([centre - REACH * width, centre + REACH * width]);
    }
    const open = (edge, side, i) =>
      -(x[i] * soft(side * (edge + up)) + y[i] * soft(side * (edge + down)) + (c - 1) * soft(side * edge));
    const slopeAt = (a) => -2 * Math.log1p(Math.exp(-Math.abs(a))) - Math.abs(a);
    let [low, high] = windows[k - 2];
    let grid = S.spaced(low, high, NODES);
    let logG = Float64Array.from(grid, (a) => open(a, 1, k - 1));
    for (let i = k - 2; i > 0; i--) {
      const following = S.evenSpline(low, high, logG);
      const next = [low, high];
      [low, high] = windows[i - 1];
      grid = S.spaced(low, high, NODES);
      logG = integrated(grid, following, next, [x[i], y[i], c], up, down, slopeAt);
    }
    const ends = Float64Array.from(grid, (a, j) => logG[j] + open(a, -1, 0) + slopeAt(a));
    const constant = S.logGamma(c * k) - k * S.logGamma(c);
    return S.logSumExp(ends) + Math.log((high - low) / (NODES - 1)) + constant;
  }

  // log of the integral over the next cutpoint b = a + exp(w), at every node a
  function integrated(grid, following, [low, high], [x, y, c], up, down, slopeAt) {
    const power = x + y + c;
    const [middle, sd] = [(low + high) / 2, (high - low) / (2 * REACH)];
    const tops = grid.map((a) => Math.log(Math.max(high - a, 4 * (1 + Math.sqrt(power)) * sd)));
    const typical = grid.map((a) => Math.log(Math.max(middle - a, sd)));
    const bottoms = typical.map((t, i) => Math.min(t, tops[i]) - 3 / Math.sqrt(power) - 42 / power);
    const step = STEP * Math.min(1 / Math.sqrt(power), sd / Math.exp(Math.max(...typical)));
    const widest = Math.max(...tops.map((t, i) => t - bottoms[i]));
    const count = Math.min(Math.max(Math.ceil(widest / step), 40), 600);
    return grid.map((a, i) => {
      const gap = (tops[i] - bottoms[i]) / (count - 1);
      const fromA = x * soft(a + up) + y * soft(a + down) + (c - 1) * soft(a);
      const values = new Float64Array(count);
      for (let j = 0; j < count; j++) {
        const w = bottoms[i] + gap * j;
        const room = Math.exp(w);
        const b = a + room;
        const toB = x * soft(-b - up) + y * soft(-b - down) + (c - 1) * soft(-b);
        values[j] = following(b) + w + slopeAt(b) + (power - 1) * Math.log(-Math.expm1(-room)) - toB - fromA;
      }
      return S.logSumExp(values) + Math.log(gap);
    });
  }

  return { bareTest, binary, events, means, normal, ordinal };
})();
