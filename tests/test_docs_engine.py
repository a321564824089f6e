"""The document about the engine runs as it stands and names every public function."""

import re
from pathlib import Path

from wohnlib.model import fertility, mortality, population

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "engine.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


def test_every_block_runs_and_its_shapes_hold():
    assert len(BLOCKS) >= 14
    names = {}
    for block in BLOCKS:
        assert "import" in block or "assert" in block
        exec(compile(block, "docs/engine.md", "exec"), names)


def test_every_public_function_is_shown_with_a_call():
    own = {"rates_from_total", "rogers_castro", "single_year_shares"}
    assert own <= set(vars(fertility))
    functions = {n for n in (*population.__all__, *mortality.__all__) if n[0].islower()} | own
    code = "\n".join(BLOCKS)
    assert {name for name in functions if f"{name}(" not in code} == set()
