"""Inputs that once broke the rule keep it."""

import pytest

from fuzz.doors import DOORS
from fuzz.mended import MENDED
from fuzz.rule import judge, strict
from fuzz.running import prepared, warm


@pytest.mark.parametrize("one", MENDED, ids=lambda one: f"{one.door}: {one.did}")
def test_what_broke_the_rule_keeps_it(tmp_path, one):
    warm({one.door}, 1)
    content = one.content if isinstance(one.content, bytes) else one.content.encode("utf-8", "surrogatepass")
    with strict():
        judged = judge(DOORS[one.door], one.name, content, prepared(DOORS[one.door], tmp_path))
    assert judged.fault is None, judged
