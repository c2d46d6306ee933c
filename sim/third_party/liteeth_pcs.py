"""Generates the Verilog of LiteEth's 1000BASE-X (ten-bit side, 8b/10b inside) as modules with plain ports, into a folder.

`liteeth_pcs` is transmitter and receiver, which send and take data from the start; `liteeth_pcs_negotiating` the whole coding sublayer with
auto-negotiation, its times shortened. The results are for the test bed alone; they are not part of the project.
"""
import json
import pathlib
import sys

from liteeth.phy.pcs_1000basex import PCS, PCSRX, PCSTX
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


NEGOTIATION_PORTS = {"link_up": (1, "out"), "lp_ability": (16, "out")}


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


class LiteethPcsNegotiating(Module):
    def __init__(self):
        self.clock_domains.cd_sys = ClockDomain(reset_less=True)
        self.clock_domains.cd_eth_tx = ClockDomain(reset_less=True)
        self.clock_domains.cd_eth_rx = ClockDomain(reset_less=True)
        for name, (width, _) in {**PORTS, **NEGOTIATION_PORTS}.items():
            setattr(self, name, Signal(width, name_override=name))
        self.submodules.pcs = pcs = PCS(lsb_first=True, check_period=100e-6, breaklink_time=20e-6, more_ack_time=20e-6, sgmii_ack_time=20e-6)
        self.comb += [
            self.cd_eth_tx.clk.eq(self.cd_sys.clk),
            self.cd_eth_rx.clk.eq(self.cd_sys.clk),
            pcs.sink.valid.eq(self.tx_valid),
            pcs.sink.data.eq(self.tx_data),
            self.tx_ready.eq(pcs.sink.ready),
            self.tx_code_group.eq(pcs.tbi_tx),
            pcs.tbi_rx.eq(self.rx_code_group),
            pcs.source.ready.eq(1),
            self.rx_valid.eq(pcs.source.valid),
            self.rx_data.eq(pcs.source.data),
            self.rx_last.eq(pcs.source.last),
            self.link_up.eq(pcs.link_up),
            self.lp_ability.eq(pcs.lp_abi.i),
        ]


def write(pcs, path, names):
    pcs.cd_sys.clk.name_override = "clk"
    made = convert(pcs, ios={pcs.cd_sys.clk, *(getattr(pcs, name) for name in names)}, name=path.stem)
    # Tables are read at run time, from wherever the simulation runs.
    for name, content in made.data_files.items():
        table = path.with_name(f"{path.stem}_{name}").resolve()
        table.write_text(content)
        made.main_source = made.main_source.replace(f'"{name}"', f'"{table}"')
    path.write_text(made.main_source)
    # The port map that `spareband-sim verilate` reads beside each file.
    ports = [{"name": "clk", "dir": "in", "width": 1}] + [{"name": n, "dir": d, "width": w} for n, (w, d) in names.items()]
    path.with_suffix(".json").write_text(json.dumps({"module": path.stem, "ports": ports}, indent=1))


def main():
    folder = pathlib.Path(sys.argv[1])
    write(LiteethPcs(), folder / "liteeth_pcs.v", PORTS)
    write(LiteethPcsNegotiating(), folder / "liteeth_pcs_negotiating.v", {**PORTS, **NEGOTIATION_PORTS})


if __name__ == "__main__":
    main()
