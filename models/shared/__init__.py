"""What the likelihoods and structures share: prior densities, splines, cutpoints, rates and risks."""
