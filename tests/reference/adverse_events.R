# The numbers of adverse_events.json: Rscript tests/reference/adverse_events.R [where the answers go]
#
# Two answers to one hierarchy (Berry and Berry 2004), on the simulated data that the package c212 brings:
#   expect   a JAGS model of our own, 3 chains of 24,000 draws kept;
#   c212     c212.BB with its defaults: 3 chains of 60,000 iterations, 20,000 of them burn-in.
# c212.1a, the model without a point mass (by default 3 chains of 40,000, 10,000 of them burn-in), is summarised in the
# same way as a case of its own; adverse_events.json holds no numbers of it.
#
# Every number summarises all chains together: theta_mean and theta_sd over all draws, zeros among them;
# p_theta_gt0 the share of draws above zero, which is what c212.ptheta() reports; p_theta_eq0 the share that is exactly
# zero; mcse_of_a_mean the largest Monte Carlo standard error of a mean. Rows are in the order of
# tests/files/c212_example.toml, and theta is the log odds ratio of treated against control.
#
# Not run in this repository's CI, which has no R. The numbers were obtained with
#   R 4.2.2; c212 1.0.1; JAGS 4.3 by rjags 4-13; posterior 1.4.0.
# jsonlite, of any version, writes. Neither the seeds nor the burn-in and thinning of JAGS were kept, and the model below
# is written from its statement in adverse_events.json: expect agreement to within Monte Carlo error, about 0.02 in a
# probability. As it stands here, the JAGS half was run once, apart from CI (R 4.2.2, rjags 4-13, JAGS 4.3.1): it came
# within 0.005 of every mean, sd and probability on record. The c212 half was not run again.

suppressPackageStartupMessages({
  library(c212)
  library(rjags)
  library(posterior)
  library(jsonlite)
})

SEED <- 20261121
BURN_IN <- 5000
KEPT <- 24000
THIN <- 4 # gives about the Monte Carlo error on record
CHAINS <- 3
DIGITS <- 6

script <- sub("^--file=", "", grep("^--file=", commandArgs(trailingOnly = FALSE), value = TRUE))
folder <- if (length(script) == 1) dirname(script) else file.path("tests", "reference")
wanted <- commandArgs(trailingOnly = TRUE)
target <- if (length(wanted) > 0) wanted[1] else "adverse_events_again.json"

data(c212.trial.data)
trial <- c212.trial.data
trial[c("B", "AE")] <- lapply(trial[c("B", "AE")], as.character)

# ---- the order of the rows ---------------------------------------------------------------------------------------

rows_of_the_file <- function(path) {
  lines <- grep("soc = ", readLines(path, encoding = "UTF-8"), value = TRUE)
  data.frame(
    B = sub("^.*soc = \"([^\"]*)\".*$", "\\1", lines),
    AE = sub("^.*term = \"([^\"]*)\".*$", "\\1", lines),
    stringsAsFactors = FALSE
  )
}

rows <- rows_of_the_file(file.path(folder, "..", "files", "c212_example.toml"))
key <- function(frame) paste(frame$B, frame$AE)
stopifnot(nrow(rows) == 45, !anyDuplicated(key(rows)), setequal(key(rows), key(trial)))

group <- function(number) {
  arm <- trial[trial$Group == number, ]
  arm[match(key(rows), key(arm)), ]
}
control <- group(1)
treated <- group(2)

# ---- summaries ---------------------------------------------------------------------------------------------------

# draws: a list with an iterations x chains matrix for every row
summarise <- function(draws, point_mass) {
  over_rows <- function(f) round(vapply(draws, f, numeric(1)), DIGITS)
  found <- list(
    theta_mean = over_rows(mean),
    theta_sd = over_rows(function(theta) sd(as.numeric(theta))),
    p_theta_gt0 = over_rows(function(theta) mean(theta > 0))
  )
  if (point_mass) {
    found$p_theta_eq0 <- over_rows(function(theta) mean(theta == 0))
  }
  found
}

# ---- c212 --------------------------------------------------------------------------------------------------------

# c212 returns theta[chain, body system, term, draw], with names in B and AE; body systems have different numbers of terms
draws_of_c212 <- function(raw) {
  lapply(seq_len(nrow(rows)), function(i) {
    b <- match(rows$B[i], raw$B)
    j <- match(rows$AE[i], raw$AE[b, ])
    t(raw$theta[, b, j, ])
  })
}

set.seed(SEED)
with_point_mass <- draws_of_c212(c212.BB(trial))
without <- draws_of_c212(c212.1a(trial))

# ---- the same hierarchy in JAGS ----------------------------------------------------------------------------------

# dnorm takes precisions; a variance that is inverse-gamma(3, 1) is a precision that is gamma(3, 1)
berry <- "
model {
  for (i in 1:rows) {
    x[i] ~ dbin(p_control[i], n_control[i])
    y[i] ~ dbin(p_treated[i], n_treated[i])
    logit(p_control[i]) <- gamma[i]
    logit(p_treated[i]) <- gamma[i] + theta[i]
    gamma[i] ~ dnorm(mu_gamma[system[i]], precision_gamma[system[i]])
    zero[i] ~ dbern(pi[system[i]])
    effect[i] ~ dnorm(mu_theta[system[i]], precision_theta[system[i]])
    theta[i] <- (1 - zero[i]) * effect[i]
  }
  for (b in 1:systems) {
    mu_gamma[b] ~ dnorm(mu_gamma_0, precision_gamma_0)
    mu_theta[b] ~ dnorm(mu_theta_0, precision_theta_0)
    precision_gamma[b] ~ dgamma(3, 1)
    precision_theta[b] ~ dgamma(3, 1)
    pi[b] ~ dbeta(alpha_pi, beta_pi)
  }
  mu_gamma_0 ~ dnorm(0, 0.1)
  mu_theta_0 ~ dnorm(0, 0.1)
  precision_gamma_0 ~ dgamma(3, 1)
  precision_theta_0 ~ dgamma(3, 1)
  alpha_pi ~ dexp(1) T(1, )
  beta_pi ~ dexp(1) T(1, )
}
"

draws_of_jags <- function() {
  system <- match(rows$B, unique(rows$B))
  model <- jags.model(
    textConnection(berry),
    data = list(
      x = control$Count, y = treated$Count, n_control = control$Total, n_treated = treated$Total,
      system = system, rows = nrow(rows), systems = max(system)
    ),
    inits = lapply(seq_len(CHAINS), function(chain) {
      list(.RNG.name = "base::Mersenne-Twister", .RNG.seed = SEED + chain)
    }),
    n.chains = CHAINS, quiet = TRUE
  )
  update(model, BURN_IN, progress.bar = "none")
  theta <- jags.samples(model, "theta", n.iter = KEPT * THIN, thin = THIN, progress.bar = "none")$theta # row x draw x chain
  lapply(seq_len(nrow(rows)), function(i) theta[i, , ])
}

by_jags <- draws_of_jags()

# ---- the file ----------------------------------------------------------------------------------------------------

block <- function(call, draws, point_mass) {
  version <- paste("c212", as.character(packageVersion("c212")))
  c(list(package = unbox(version), call = unbox(call)), summarise(draws, point_mass))
}

packages <- c("c212", "rjags", "posterior", "jsonlite")
versions <- lapply(setNames(packages, packages), function(package) unbox(as.character(packageVersion(package))))
record <- list(
  provenance = c(
    list(
      script = unbox("tests/reference/adverse_events.R"),
      R = unbox(as.character(getRversion())), JAGS = unbox(as.character(jags.version()))
    ),
    versions
  ),
  cases = list(
    `d-hier-c212trial-BB` = list(
      family = unbox("d-adverse-events"),
      mcse_of_a_mean = unbox(round(max(vapply(by_jags, mcse_mean, numeric(1))), DIGITS)),
      expect = summarise(by_jags, TRUE),
      c212 = block("c212.BB(c212.trial.data), defaults", with_point_mass, TRUE)
    ),
    `d-hier-c212trial-1a` = list(
      family = unbox("d-adverse-events"),
      c212 = block("c212.1a(c212.trial.data), defaults", without, FALSE)
    )
  )
)
write(toJSON(record, digits = DIGITS, pretty = 1), target)
