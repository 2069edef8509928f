# The cases of deterministic.json by R packages: Rscript tests/reference/deterministic.R [where the answers go]
#
# A second opinion on those cases whose provenance names a package. It reads inputs and priors from deterministic.json
# and writes a file of the same shape (by default deterministic_packages.json in the working directory) with, for each
# case, the package, the call and what it expects. deterministic.json itself holds the answers of deterministic.py.
#
# Not run in this repository's CI, which has no R. The comparisons that deterministic.json speaks of were made with
#   R 4.2.2; bayesmeta 3.4 (metafor 3.8-1, forestplot 3.1.6), RBesT 1.7-2, rmsb 0.1.0 (rms 6.5-0),
#   brms 2.18.0 on rstan 2.21.7 (StanHeaders 2.21.0.7), posterior 1.4.0.
# jsonlite, of any version, reads and writes. Seeds of those runs were not kept: what brms and rmsb sample comes out
# again only to within its Monte Carlo error, which is given as `mcse`. As it stands here, the script was parsed, its
# REML fits were run and its Stan programs were generated, but not sampled, under R 4.2.2; the rest was not run again.
#
# What agreement to expect: bayesmeta to 5e-5 (eight schools 3e-4), because it puts mu on a grid of tau; RBesT to 1e-8,
# its quantiles of differences to 2e-5; brms to Monte Carlo error; rmsb to about 0.01 as well, for its thresholds have
# their prior at the mean of x and not in the control arm.

suppressPackageStartupMessages({
  library(jsonlite)
  library(bayesmeta)
  library(metafor)
  library(RBesT)
  library(brms)
  library(rmsb)
  library(posterior)
})

SEED <- 20261121
TAILS <- c(0.025, 0.5, 0.975)

script <- sub("^--file=", "", grep("^--file=", commandArgs(trailingOnly = FALSE), value = TRUE))
folder <- if (length(script) == 1) dirname(script) else file.path("tests", "reference")
wanted <- commandArgs(trailingOnly = TRUE)
target <- if (length(wanted) > 0) wanted[1] else "deterministic_packages.json"
cases <- fromJSON(file.path(folder, "deterministic.json"))$cases

answer <- function(case, package, call, expect, ...) {
  list(family = unbox(case$family), package = unbox(package), call = unbox(call), expect = expect, ...)
}

# one number each, not arrays of length one
scalars <- function(...) lapply(list(...), function(value) unbox(as.numeric(value)))

# ---- meta-analyses: bayesmeta, and metafor's REML beside it -----------------------------------------------------

density_of_tau <- function(stated) {
  if (is.list(stated)) {
    return(function(t) dlnorm(t, meanlog = stated$meanlog_tau, sdlog = stated$sdlog_tau))
  }
  scale <- as.numeric(sub("^.*\\((.*)\\)$", "\\1", stated))
  if (startsWith(stated, "half_normal")) {
    return(function(t) dhalfnormal(t, scale = scale))
  }
  if (startsWith(stated, "half_cauchy")) {
    return(function(t) dhalfcauchy(t, scale = scale))
  }
  stop("no density of tau for ", stated)
}

by_bayesmeta <- function(case) {
  y <- case$inputs$y
  s <- case$inputs$se
  # labels repeat in one case, and bayesmeta wants to tell trials apart
  fit <- bayesmeta(
    y = y, sigma = s, labels = make.unique(case$inputs$labels),
    tau.prior = density_of_tau(case$prior$tau), delta = 1e-4, epsilon = 1e-7
  )
  reml <- rma(yi = y, sei = s, method = "REML")
  expect <- c(
    scalars(
      mu_mean = fit$summary["mean", "mu"], mu_sd = fit$summary["sd", "mu"],
      p_mu_lt0 = fit$pposterior(mu = 0),
      pred_mean = fit$summary["mean", "theta"], pred_sd = fit$summary["sd", "theta"],
      p_pred_lt0 = fit$pposterior(theta = 0, predict = TRUE),
      tau_mean = fit$summary["mean", "tau"], tau_sd = fit$summary["sd", "tau"]
    ),
    list(
      mu_q = sapply(TAILS, function(p) fit$qposterior(mu.p = p)),
      pred_q = sapply(TAILS, function(p) fit$qposterior(theta.p = p, predict = TRUE)),
      tau_q = sapply(TAILS, function(p) fit$qposterior(tau.p = p)),
      shrink_mean = unname(fit$theta["mean", ]), shrink_sd = unname(fit$theta["sd", ])
    )
  )
  answer(
    case, "bayesmeta 3.4", "bayesmeta(y, sigma, tau.prior=..., delta=1e-4, epsilon=1e-7)", expect,
    metafor_REML = scalars(reml_mu = reml$beta, reml_se = reml$se, reml_tau = sqrt(reml$tau2))
  )
}

# ---- proportions with beta priors: RBesT ------------------------------------------------------------------------

beta_posterior <- function(prior, events, n) {
  postmix(mixbeta(c(1, prior$a, prior$b)), r = events, n = n)
}

by_rbest <- function(case) {
  inputs <- case$inputs
  treated <- beta_posterior(case$prior$p_treated, inputs$events_treated, inputs$n_treated)
  control <- beta_posterior(case$prior$p_control, inputs$events_control, inputs$n_control)
  quantiles <- qmixdiff(treated, control, TAILS)
  expect <- scalars(
    p_rd_lt0 = pmixdiff(treated, control, 0),
    rd_q025 = quantiles[1], rd_median = quantiles[2], rd_q975 = quantiles[3]
  )
  answer(case, "RBesT 1.7-2", "pmixdiff, qmixdiff on mixbeta posteriors", expect)
}

by_rbest_mixture <- function(case) {
  inputs <- case$inputs
  stated <- case$prior$control
  parts <- Map(c, stated$w, stated$a, stated$b)
  prior <- do.call(mixbeta, unname(parts))
  control <- postmix(prior, r = inputs$control_r, n = inputs$control_n)
  treated <- postmix(mixbeta(c(1, 1, 1)), r = inputs$treated_r, n = inputs$treated_n)
  parameters <- unclass(control)
  moments <- summary(control)
  expect <- c(
    list(
      post_w = unname(parameters["w", ]), post_a = unname(parameters["a", ]), post_b = unname(parameters["b", ]),
      post_q = qmix(control, TAILS), rd_q = qmixdiff(treated, control, TAILS)
    ),
    scalars(
      post_mean = moments["mean"], post_sd = moments["sd"],
      p_trt_gt_ctl = pmixdiff(treated, control, 0, lower.tail = FALSE),
      ess_elir = RBesT::ess(prior, method = "elir"), ess_moment = RBesT::ess(prior, method = "moment"),
      ess_elir_post = RBesT::ess(control, method = "elir")
    )
  )
  answer(
    case, "RBesT 1.7-2", "postmix(mixbeta(...), r, n); ess(method = elir | moment); pmixdiff; qmixdiff", expect,
    ess_morita = unbox(RBesT::ess(prior, method = "morita"))
  )
}

# ---- ordinal tables: brms with the thresholds' prior at x = 0, rmsb with it at the mean of x ---------------------

in_rows <- function(case) {
  levels <- length(case$inputs$counts_control)
  rows <- data.frame(
    y = rep(seq_len(levels), 2), x = rep(c(0, 1), each = levels),
    n = c(case$inputs$counts_control, case$inputs$counts_treated)
  )
  rows[rows$n > 0, ]
}

summaries <- function(draws, mcse) {
  scalars(
    mean = mean(draws), sd = sd(draws), median = median(draws),
    q025 = quantile(draws, 0.025), q975 = quantile(draws, 0.975),
    p_benefit = mean(draws < 0), mcse = mcse
  )
}

# Priors name their scales, which come with the data, so that one compilation serves every table.
scales <- function(case) {
  stanvar(as.numeric(case$prior$beta$sd), name = "sdb") +
    stanvar(as.numeric(case$prior$thresholds$scale), name = "sdc") +
    stanvar(3, name = "nuc")
}

compiled <- list() # by the distribution of the thresholds

compile_ordinal <- function(case, thresholds) {
  brm(
    # seven levels; integers and thres() keep those that nobody had
    bf(y | weights(n) + thres(6) ~ x, center = FALSE),
    family = cumulative("logit"), data = in_rows(case),
    prior = c(set_prior("normal(0, sdb)", class = "b"), set_prior(thresholds, class = "Intercept")),
    stanvars = scales(case), chains = 0
  )
}

by_brms_ordinal <- function(case) {
  stopifnot(length(case$inputs$counts_control) == 7)
  is_t <- startsWith(case$prior$thresholds$dist, "student_t(3,0")
  thresholds <- if (is_t) "student_t(nuc, 0, sdc)" else "normal(0, sdc)"
  if (is.null(compiled[[thresholds]])) {
    compiled[[thresholds]] <<- compile_ordinal(case, thresholds)
  }
  fit <- update(
    compiled[[thresholds]],
    newdata = in_rows(case), stanvars = scales(case), recompile = FALSE,
    chains = 4, iter = 12000, warmup = 1000, control = list(adapt_delta = 0.9), seed = SEED
  )
  draws <- as_draws_matrix(fit)[, "b_x"]
  answer(
    case, "brms 2.18.0 / rstan 2.21.7",
    "brm(bf(y|weights(n)+thres(K-1)~x, center=FALSE), cumulative(\"logit\"), 4 chains x 12000, warmup 1000, adapt_delta .9)",
    summaries(as.numeric(draws), mcse_of(fit, "b_x"))
  )
}

mcse_of <- function(fit, name) mcse_mean(extract_variable_matrix(as_draws_array(fit), name))

by_rmsb <- function(case) {
  rows <- in_rows(case)
  rows <- rows[rep(seq_len(nrow(rows)), rows$n), c("y", "x")]
  # rmsb scales x to unit length; with a prior sd of one this is priorsd = sqrt(sum((x - mean(x))^2))
  width <- case$prior$beta$sd * sqrt(sum((rows$x - mean(rows$x))^2))
  set.seed(SEED)
  fit <- blrm(y ~ x, data = rows, priorsd = width, conc = 1, iter = 11000, warmup = 1000, chains = 4)
  draws <- as.numeric(fit$draws[, "x"]) # chain after chain
  answer(
    case, "rmsb 0.1.0",
    "blrm(y~x, priorsd=sd*sqrt(sum((x-mean(x))^2)), conc=1, iter=11000, warmup=1000, chains=4); Dirichlet at the mean of x",
    summaries(draws, mcse_mean(matrix(draws, ncol = 4)))
  )
}

# ---- counts: brms with the prior of the baseline in the control arm ----------------------------------------------

by_brms_poisson <- function(case) {
  inputs <- case$inputs
  rows <- data.frame(
    y = c(inputs$events_control, inputs$events_treated), x = c(0, 1),
    pt = c(inputs$persontime_control, inputs$persontime_treated)
  )
  normal <- function(stated) sprintf("normal(%s, %s)", stated$mean, stated$sd)
  fit <- brm(
    # 0 + Intercept keeps the prior of the baseline at x = 0
    y ~ 0 + Intercept + x + offset(log(pt)),
    family = poisson(), data = rows,
    prior = c(
      set_prior(normal(case$prior$a), class = "b", coef = "Intercept"),
      set_prior(normal(case$prior$b), class = "b", coef = "x")
    ),
    chains = 4, iter = 12000, warmup = 1000, control = list(adapt_delta = 0.9), seed = SEED
  )
  draws <- as_draws_matrix(fit)[, "b_x"]
  answer(
    case, "brms 2.18.0 / rstan 2.21.7", "brm(y~0+Intercept+x+offset(log(pt)), poisson())",
    summaries(as.numeric(draws), mcse_of(fit, "b_x"))
  )
}

by_brms_synthesis <- function(case) {
  rows <- data.frame(y = case$inputs$y, s = case$inputs$se, study = make.unique(case$inputs$labels))
  fit <- brm(
    y | se(s) ~ 1 + (1 | study),
    data = rows,
    prior = c(set_prior("normal(0, 1000)", class = "Intercept"), set_prior("cauchy(0, 25)", class = "sd")),
    chains = 4, iter = 12000, warmup = 1000, control = list(adapt_delta = 0.9), seed = SEED
  )
  draws <- as_draws_matrix(fit)
  mu <- as.numeric(draws[, "b_Intercept"])
  tau <- as.numeric(draws[, "sd_study__Intercept"])
  expect <- scalars(
    mu_mean = mean(mu), mu_sd = sd(mu), mcse = mcse_of(fit, "b_Intercept"),
    tau_mean = mean(tau), tau_sd = sd(tau), tau_mcse = mcse_of(fit, "sd_study__Intercept")
  )
  answer(case, "brms 2.18.0 / rstan 2.21.7", "brm(y|se(s)~1+(1|study)), Intercept normal(0,1000)", expect)
}

# ---- all of them -------------------------------------------------------------------------------------------------

found <- list()
for (name in c(
  "e-bcg-RR-HN0.5", "e-crins-OR-TurnerLN", "e-homogeneous-HN0.1", "e-nielweise-OR-HN0.5", "e-rubin8schools-HC25"
)) {
  found[[name]] <- by_bayesmeta(cases[[name]])
}
found[["e-rubin8schools-HC25"]]$brms <- by_brms_synthesis(cases[["e-rubin8schools-HC25"]])
for (name in c("d-beta-great", "d-beta-0v7-jeffreys")) {
  found[[name]] <- by_rbest(cases[[name]])
}
found[["e-robustmix-beta"]] <- by_rbest_mixture(cases[["e-robustmix-beta"]])
for (name in c("b-emptymid-po", "b-mrclean-po", "b-n5000-po", "b-separation-po", "b-sparse39v15-po")) {
  found[[name]] <- by_brms_ordinal(cases[[name]])
}
# not b-destiny-dirichlet1: rmsb drops the levels that nobody had
found[["b-mrclean-dirichlet1"]] <- by_rmsb(cases[["b-mrclean-dirichlet1"]])
found[["c-pois-typical"]] <- by_brms_poisson(cases[["c-pois-typical"]])

packages <- c("bayesmeta", "metafor", "RBesT", "rmsb", "brms", "rstan", "posterior", "jsonlite")
versions <- lapply(setNames(packages, packages), function(package) unbox(as.character(packageVersion(package))))
record <- list(
  provenance = c(list(script = unbox("tests/reference/deterministic.R"), R = unbox(as.character(getRversion()))), versions),
  cases = found
)
write(toJSON(record, digits = 10, pretty = 1, null = "null"), target)
