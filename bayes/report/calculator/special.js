// Special functions and the arithmetic of splines and integrals, in double precision and without a library.
// Each is what its namesake in SciPy or in bayes/quadrature/integrals.py computes.
const special = (function () {
  "use strict";

  const LOG_ROOT_2PI = 0.5 * Math.log(2 * Math.PI);

  // Stirling's series from 12 upwards, below it by the recurrence
  function logGamma(x) {
    let product = 1;
    while (x < 12) product *= x++;
    const y = 1 / (x * x);
    const series = 1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - y * (691 / 360360 - y / 156)))));
    return (x - 0.5) * Math.log(x) - x + LOG_ROOT_2PI + series / x - Math.log(product);
  }

  function trigamma(x) {
    let sum = 0;
    for (; x < 12; x++) sum += 1 / (x * x);
    const y = 1 / (x * x);
    const series = 1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * (5 / 66))));
    return sum + 1 / x + y / 2 + (y / x) * series;
  }

  const logNormal = (x) => -0.5 * x * x - LOG_ROOT_2PI;

  // log of the upper tail of a normal over its density, z > 0, by the continued fraction
  function logMills(z) {
    let fraction = z;
    for (let k = 60; k > 0; k--) fraction = z + k / fraction;
    return -Math.log(fraction);
  }

  function upperTail(z) { // 0 <= z < 2.5, by the series of positive terms
    let term = z;
    let sum = z;
    for (let k = 3; term > sum * 1e-17; k += 2) sum += term *= (z * z) / k;
    return 0.5 - Math.exp(logNormal(z)) * sum;
  }

  // log Phi(x)
  function logNdtr(x) {
    if (x <= -2.5) return logNormal(x) + logMills(-x);
    if (x < 0) return Math.log(upperTail(-x));
    return Math.log1p(-(x < 2.5 ? upperTail(x) : Math.exp(logNormal(x) + logMills(x))));
  }

  // log of the normal density over Phi, which holds far below zero
  const logHazard = (x) => (x <= -2.5 ? -logMills(-x) : logNormal(x) - logNdtr(x));

  function logNormalBetween(low, high) {
    const [a, b] = low > 0 ? [-high, -low] : [low, high];
    return logNdtr(b) + Math.log(-Math.expm1(Math.min(logNdtr(a) - logNdtr(b), -1e-300)));
  }

  function bisected(f, low, high) { // f rises through zero
    for (let i = 0; i < 200 && high - low > 1e-15 * (1 + Math.abs(low)); i++) {
      const middle = (low + high) / 2;
      if (f(middle) < 0) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  // The value that a standard normal, or a Student-t, exceeds with probability `tail`.
  function upperQuantile(tail, df) {
    if (tail === 0.5) return 0;
    if (tail > 0.5) return -upperQuantile(1 - tail, df);
    const logTail = df === undefined ? (z) => logNdtr(-z) : (t) => logTailOfT(t, df);
    let high = 1;
    while (logTail(high) > Math.log(tail)) high *= 2;
    return bisected((z) => Math.log(tail) - logTail(z), 0, high);
  }

  // log P(T > t), t >= 0, by the continued fraction of the incomplete beta function
  function logTailOfT(t, df) {
    if (t === 0) return -Math.LN2;
    const x = df / (df + t * t);
    const [a, b] = [df / 2, 0.5];
    const front = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log((t * t) / (df + t * t));
    if (x < (a + 1) / (a + b + 2)) return front + Math.log(betaFraction(x, a, b) / a) - Math.LN2;
    return Math.log1p(-Math.exp(front) * betaFraction(1 - x, b, a) / b) - Math.LN2;
  }

  function betaFraction(x, a, b) { // modified Lentz
    const tiny = 1e-300;
    const safe = (value) => (Math.abs(value) < tiny ? tiny : value);
    let c = 1;
    let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
    let found = d;
    for (let m = 1; m < 500; m++) {
      for (const step of [(m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)), (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))]) {
        d = 1 / safe(1 + step * d);
        c = safe(1 + step / c);
        found *= d * c;
      }
      if (Math.abs(d * c - 1) < 1e-16) break;
    }
    return found;
  }

  function logSumExp(values) {
    let top = -Infinity;
    for (const value of values) if (value > top) top = value;
    if (top === -Infinity) return top;
    let sum = 0;
    for (const value of values) sum += Math.exp(value - top);
    return top + Math.log(sum);
  }

  const logAddExp = (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));

  const spaced = (low, high, count) => Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

  function sampled(f, low, high, count) {
    const gap = (high - low) / (count - 1);
    const values = new Float64Array(count);
    let top = -Infinity;
    for (let i = 0; i < count; i++) {
      values[i] = f(low + gap * i);
      if (values[i] > top) top = values[i];
    }
    return { values, gap, top };
  }

  // log of the integral of exp(f), for one peak between `low` and `high`, which are narrowed to it before the
  // trapezoidal sum (`integrals.log_integral`)
  function logIntegral(f, low, high, points = 97, zooms = 4) {
    const coarse = Math.max(Math.floor(points / 4), 25);
    for (let zoom = 0; zoom < zooms; zoom++) {
      const { values, gap, top } = sampled(f, low, high, coarse);
      let first = 0;
      let last = coarse - 1;
      while (!(values[first] > top - 45)) first++;
      while (!(values[last] > top - 45)) last--;
      [low, high] = [low + gap * Math.max(first - 1, 0), low + gap * Math.min(last + 1, coarse - 1)];
    }
    for (;;) { // nodes are doubled until a narrow peak beside a long tail is resolved
      const { values, gap, top } = sampled(f, low, high, points);
      let sharpest = 0;
      for (let i = 1; i < points - 1; i++) {
        if (values[i] > top - 1) sharpest = Math.max(sharpest, 2 * values[i] - values[i - 1] - values[i + 1]);
      }
      if (zooms === 0 || sharpest <= 0.25 || points > 4096) return logSumExp(values) + Math.log(gap);
      points = 2 * points - 1;
    }
  }

  // The slopes at the nodes of the cubic spline without a knot at the second and the last node but one.
  function slopesOf(x, y) {
    const n = x.length;
    const dx = Float64Array.from({ length: n - 1 }, (_, i) => x[i + 1] - x[i]);
    const rise = Float64Array.from(dx, (d, i) => (y[i + 1] - y[i]) / d);
    const [below, on, above, right] = [0, 0, 0, 0].map(() => new Float64Array(n));
    for (let i = 1; i < n - 1; i++) {
      below[i] = dx[i];
      on[i] = 2 * (dx[i - 1] + dx[i]);
      above[i] = dx[i - 1];
      right[i] = 3 * (dx[i] * rise[i - 1] + dx[i - 1] * rise[i]);
    }
    const from = x[2] - x[0];
    on[0] = dx[1];
    above[0] = from;
    right[0] = ((dx[0] + 2 * from) * dx[1] * rise[0] + dx[0] ** 2 * rise[1]) / from;
    const to = x[n - 1] - x[n - 3];
    on[n - 1] = dx[n - 3];
    below[n - 1] = to;
    right[n - 1] = (dx[n - 2] ** 2 * rise[n - 3] + (2 * to + dx[n - 2]) * dx[n - 3] * rise[n - 2]) / to;
    for (let i = 1; i < n; i++) {
      const factor = below[i] / on[i - 1];
      on[i] -= factor * above[i - 1];
      right[i] -= factor * right[i - 1];
    }
    const slope = new Float64Array(n);
    slope[n - 1] = right[n - 1] / on[n - 1];
    for (let i = n - 2; i >= 0; i--) slope[i] = (right[i] - above[i] * slope[i + 1]) / on[i];
    return slope;
  }

  // The spline through values on evenly spaced nodes, linear beyond them.
  function evenSpline(low, high, y) {
    const last = y.length - 1;
    const gap = (high - low) / last;
    const slope = slopesOf(spaced(0, last, last + 1), y);
    return function (x) {
      const at = (x - low) / gap;
      if (at <= 0) return y[0] + slope[0] * at;
      if (at >= last) return y[last] + slope[last] * (at - last);
      const i = Math.floor(at);
      const t = at - i;
      const rise = y[i + 1] - y[i];
      return y[i] + t * rise + t * (1 - t) * ((1 - t) * (slope[i] - rise) + t * (rise - slope[i + 1]));
    };
  }

  return {
    bisected, evenSpline, logAddExp, logGamma, logHazard, logIntegral, logNdtr, logNormal, logNormalBetween, logSumExp,
    spaced, trigamma, upperQuantile,
  };
})();
