"""The parts that likelihoods and structures share: prior densities, splines, cutpoints, rates and risks."""
