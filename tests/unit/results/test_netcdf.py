"""A tree written by h5py is the tree that xarray would have written, and netCDF's rules are kept."""

import h5py
import numpy as np
import pytest
import xarray as xr

from bayes.results.netcdf import NO_VARIABLE, content

PACKED = {"effect": 2**-9, "odds_ratio": 2**-6, "report": 2**-6}  # of a standard deviation; rounding takes half of it


@pytest.fixture
def tree():
    """Every form that a posterior has: labels, a dimension without coordinates, numbers of every type, no number."""
    random = np.random.default_rng(3)
    along = {"chain": np.arange(2), "draw": np.arange(40)}
    effect = random.standard_normal((2, 40, 3))
    posterior = {
        "effect": (("chain", "draw", "trial"), effect),
        "odds_ratio": (("chain", "draw", "trial"), np.exp(effect)),
        "shrinkage": (("chain", "draw", "trial"), np.full((2, 40, 3), np.nan)),
    }
    stats = {"diverging": (("chain", "draw"), effect[..., 0] > 2), "n_steps": (("chain", "draw"), np.full((2, 40), 7))}
    groups = {
        "/posterior": xr.Dataset(posterior, along | {"trial": ["a:x", "b/ü & é", "c"]}),
        "/sample_stats": xr.Dataset(stats, along),
        "/log_likelihood": xr.Dataset({"report": (("chain", "draw", "part"), effect)}, along),
    }
    made = xr.DataTree.from_dict(groups)
    made.attrs["bayes"] = '{"key": "é"}'
    return made


def test_it_is_read_as_it_was(tree, tmp_path):
    (tmp_path / "one.nc").write_bytes(content(tree))
    with xr.open_datatree(tmp_path / "one.nc", engine="h5netcdf") as again:
        assert again.attrs == tree.attrs and set(again.children) == set(tree.children)
        for name, node in tree.children.items():
            there, here = again[name].to_dataset(), node.to_dataset()
            assert list(there.variables) == list(here.variables) and dict(there.sizes) == dict(here.sizes)
            for variable in here.variables:
                assert there[variable].dtype == here[variable].dtype
                if variable in PACKED:
                    step = PACKED[variable] * here[variable].std(("chain", "draw")).min()
                    xr.testing.assert_allclose(there[variable], here[variable], rtol=0, atol=float(step))
                    assert there[variable].encoding["dtype"].kind == "i"
                else:
                    xr.testing.assert_equal(there[variable], here[variable])


@pytest.mark.parametrize(("null", "share"), [(0.0, 0.0), (0.0, 0.004), (0.0, 0.3), (0.3, 0.004), (0.3, 0.3)])
def test_a_draw_stays_on_its_side_of_no_effect(tmp_path, null, share):
    """A spike of one of two effects: what equals it still does, nothing else comes to, and no draw changes sides."""
    random, along = np.random.default_rng(4), {"chain": np.arange(2), "draw": np.arange(4000)}
    effects = random.normal(null, 0.1, (2, 4000, 2))
    effects[..., 1][random.random((2, 4000)) < share] = null
    (tmp_path / "one.nc").write_bytes(content(xr.DataTree.from_dict({"/posterior": xr.Dataset({"effect": (("chain", "draw", "row"), effects)}, along)})))
    with xr.open_dataset(tmp_path / "one.nc", group="posterior", engine="h5netcdf") as again:
        stored = again["effect"].values
        assert again["effect"].encoding["dtype"].kind == "i"
    np.testing.assert_array_equal(np.sign(stored - null), np.sign(effects - null))
    assert np.abs(stored - effects).max() <= 2**-10 * 0.11


def test_what_has_no_spread_or_no_end_is_stored_as_it_is(tmp_path):
    """A constant and an infinite number; draws without moments are packed by their quartiles."""
    random, along = np.random.default_rng(4), {"chain": np.arange(2), "draw": np.arange(200)}
    far = np.where(np.arange(400).reshape(2, 200) == 7, np.inf, random.standard_normal((2, 200)))
    kept = {"p": np.full((2, 200), 0.7), "nnt": far}
    heavy = random.standard_cauchy((2, 200))
    posterior = xr.Dataset({k: (("chain", "draw"), v) for k, v in (kept | {"ratio": heavy}).items()}, along)
    (tmp_path / "one.nc").write_bytes(content(xr.DataTree.from_dict({"/posterior": posterior})))
    with xr.open_dataset(tmp_path / "one.nc", group="posterior", engine="h5netcdf") as again:
        for name, values in kept.items():
            np.testing.assert_array_equal(again[name], values)
        spread = np.subtract(*np.quantile(heavy, (0.75, 0.25))) / 1.349
        np.testing.assert_allclose(again["ratio"], heavy, rtol=0, atol=2**-7 * spread)


def test_xarray_would_have_written_the_same(tree, tmp_path):
    (tmp_path / "ours.nc").write_bytes(content(tree))
    tree.to_netcdf(tmp_path / "theirs.nc", engine="h5netcdf")
    with xr.open_datatree(tmp_path / "ours.nc", engine="h5netcdf") as ours, xr.open_datatree(tmp_path / "theirs.nc", engine="h5netcdf") as theirs:
        assert set(ours.children) == set(theirs.children)
        for name, node in theirs.children.items():
            xr.testing.assert_allclose(ours[name].to_dataset(), node.to_dataset(), rtol=0, atol=0.02)


def test_every_dimension_has_a_scale(tree, tmp_path):
    """Without one, netCDF's own library would invent names for the dimensions."""
    (tmp_path / "one.nc").write_bytes(content(tree))
    with h5py.File(tmp_path / "one.nc") as file:
        for group in file.values():
            for dataset in group.values():
                if not h5py.h5ds.is_scale(dataset.id):
                    assert [dict(axis) != {} for axis in dataset.dims] == [True] * dataset.ndim
        part = file["log_likelihood"]["part"]
        assert part.attrs["NAME"].decode().startswith(NO_VARIABLE)
