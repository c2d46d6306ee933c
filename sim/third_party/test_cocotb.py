"""One test for each cocotb test of each bench, run with Icarus Verilog on the exported files."""
import ast
import os
import pathlib
import xml.etree.ElementTree

import pytest
from cocotb_tools.runner import get_runner

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("SPAREBAND_BUILD", HERE.parents[1] / "build")).resolve()

os.environ.setdefault("COCOTB_LOG_LEVEL", "WARNING")
CORES = ["pcs_10gbase_r", "pcs_10gbase_r_fast_ber", "mac_10g", "mac_1g", "pcs_1000base_x"]


def cases():
    for core in CORES:
        for node in ast.parse((HERE / f"bench_{core}.py").read_text()).body:
            if isinstance(node, ast.AsyncFunctionDef) and any("test" in ast.unparse(d) for d in node.decorator_list):
                yield core, node.name


@pytest.fixture(scope="session")
def compiled():
    """Icarus Verilog once a core."""
    done = {}

    def build(core):
        if core not in done:
            source = BUILD / "verilog" / f"{core}.v"
            assert source.exists(), f"no {source}: run `make verilog`"
            runner = get_runner("icarus")
            runner.build(sources=[source], hdl_toplevel=core, build_dir=BUILD / "third_party" / core, always=True,
                         timescale=("1ns", "1ps"), log_file=BUILD / "third_party" / core / "compile.log")
            done[core] = runner
        return done[core]

    (BUILD / "third_party").mkdir(parents=True, exist_ok=True)
    for core in CORES:
        (BUILD / "third_party" / core).mkdir(exist_ok=True)
    return build


@pytest.mark.parametrize("core,case", list(cases()))
def test_core(compiled, core, case, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    folder = BUILD / "third_party" / core
    results = compiled(core).test(test_module=f"bench_{core}", hdl_toplevel=core, testcase=case, build_dir=folder, test_dir=folder,
                                  results_xml=str(folder / f"{case}.xml"), log_file=folder / f"{case}.log", timescale=("1ns", "1ps"))
    # The file lists the bench's other tests as skipped.
    ran = [t for t in xml.etree.ElementTree.parse(results).iter("testcase") if t.find("skipped") is None]
    bad = [t for t in ran if t.find("failure") is not None or t.find("error") is not None]
    log = (folder / f"{case}.log").read_text()
    assert len(ran) == 1 and not bad, f"{folder / (case + '.log')}:\n" + "\n".join(log.splitlines()[-60:])
