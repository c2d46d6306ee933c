"""Generates the Verilog of LiteEth's 1000BASE-X transmitter and receiver (ten-bit side, 8b/10b inside) as one module with plain ports.

The result is for the test bed alone; it is not part of the project. Auto-negotiation is left out: it sends and takes data from the start.
"""
import json
import pathlib
import sys

from liteeth.phy.pcs_1000basex import PCSRX, PCSTX
from migen import ClockDomain, Module, Signal
from migen.fhdl.verilog import convert


# Width and direction; bit 0 of a code-group is first on the line.
PORTS = {
    "tx_valid": (1, "in"),
    "tx_data": (8, "in"),
    "tx_ready": (1, "out"),
    "tx_code_group": (10, "out"),
    "rx_code_group": (10, "in"),
    "rx_valid": (1, "out"),
    "rx_data": (8, "out"),
    "rx_last": (1, "out"),
}


class LiteethPcs(Module):
    def __init__(self):
        self.clock_domains.cd_sys = ClockDomain(reset_less=True)
        for name, (width, _) in PORTS.items():
            setattr(self, name, Signal(width, name_override=name))
        tx, rx = PCSTX(lsb_first=True), PCSRX(lsb_first=True)
        self.submodules += tx, rx
        gigabit = 0b10
        self.comb += [
            tx.sgmii_speed.eq(gigabit),
            rx.sgmii_speed.eq(gigabit),
            tx.sink.valid.eq(self.tx_valid),
            tx.sink.data.eq(self.tx_data),
            self.tx_ready.eq(tx.sink.ready),
            self.tx_code_group.eq(tx.encoder.output[0]),
            rx.decoder.input.eq(self.rx_code_group),
            rx.source.ready.eq(1),
            self.rx_valid.eq(rx.source.valid),
            self.rx_data.eq(rx.source.data),
            self.rx_last.eq(rx.source.last),
        ]


def main():
    pcs, path = LiteethPcs(), pathlib.Path(sys.argv[1])
    pcs.cd_sys.clk.name_override = "clk"
    made = convert(pcs, ios={pcs.cd_sys.clk, *(getattr(pcs, name) for name in PORTS)}, name=path.stem)
    # Tables are read at run time, from wherever the simulation runs.
    for name, content in made.data_files.items():
        table = path.with_name(name).resolve()
        table.write_text(content)
        made.main_source = made.main_source.replace(f'"{name}"', f'"{table}"')
    path.write_text(made.main_source)
    # The port map that `spareband-sim verilate` reads beside each file.
    ports = [{"name": "clk", "dir": "in", "width": 1}] + [{"name": n, "dir": d, "width": w} for n, (w, d) in PORTS.items()]
    path.with_suffix(".json").write_text(json.dumps({"module": path.stem, "ports": ports}, indent=1))


if __name__ == "__main__":
    main()
