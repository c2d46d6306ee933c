"""The longest paths from register to register of a core that `area.py` synthesised, one a pair of registers, as estimates.

nextpnr names one path a clock, and that only after routing. Here every end is looked at: delays of cells as in a um5g-85k of speed 8, rounded; delays of
nets by distance, as routed wires of a manager of eight took, where a placed netlist (area.py --no-route) is given, else by fan-out. Of three placements of a
manager of eight, clk_core came out 2 % below, 5 % above and 6 % below what nextpnr says when they are routed. It shares no code with nextpnr.
"""
import argparse
import collections
import json
import re

LUT, MUX, CLOCK_TO_Q, RAM_CLOCK_TO_Q, PRODUCT, DISTRIBUTED_RAM = 0.15, 0.1, 0.31, 1.42, 3.0, 0.15
# Carry element: into the sum, into the carry, carry to carry, carry to sum.
SUM, TO_CARRY, CARRY, FROM_CARRY = 0.25, 0.4, 0.06, 0.4
# A tile of a net's distance, of which the first five count double, and the way into the wires and out, in tiles.
TILE, ENDS = 0.036, 11.7


def placed_at(path):
    """Tile of each cell by its name before packing."""
    tiles = {}
    for name, cell in json.load(open(path))["modules"]["top"]["cells"].items():
        if tile := re.match(r"X(\d+)/Y(\d+)/", cell["attributes"].get("NEXTPNR_BEL", "")):
            tiles[re.sub(r"\$(CCU2|DPRAM)_COMB\d$", "", name)] = tuple(map(int, tile.groups()))
    return tiles


def plain(name):
    """A net's or cell's name without what yosys appended."""
    return re.sub(r"(_(TRELLIS_FF|LUT4|CCU2C|PFUMX|L6MUX21)|\.\d+(\.\d+)*(_|$)).*", "", name)


class Netlist:
    def __init__(self, module, tiles, clock):
        self.clock = clock
        self.cells, self.tiles = module["cells"], tiles
        self.clocks = {port["bits"][0]: name for name, port in module["ports"].items()}
        self.names, self.driver, self.fan_out = {}, {}, collections.Counter()
        for name, net in sorted(module["netnames"].items(), key=lambda n: (n[1].get("hide_name", 0), n[0].count("$"), -n[0].count("."), len(n[0]))):
            for bit in net["bits"]:
                self.names.setdefault(bit, name)
        for name, cell in self.cells.items():
            for port, bits in cell["connections"].items():
                for bit in filter(lambda bit: isinstance(bit, int), bits):
                    if cell["port_directions"][port] == "output":
                        self.driver[bit] = name
                    else:
                        self.fan_out[bit] += 1
        self.starts, self.arcs, self.ends, self.arrivals = {}, collections.defaultdict(list), [], {}
        for name, cell in self.cells.items():
            self.time(name, cell)

    def arc(self, output, inputs, delay, name, routed=True):
        self.arcs[output] += [(bit, delay, name, routed) for bit in inputs if isinstance(bit, int)]

    def time(self, name, cell):
        """Where paths of this cell begin and end, and what it takes from its inputs to its outputs."""
        pins, kind = cell["connections"], cell["type"]
        first = lambda port: pins.get(port, [None])[0]
        bits = lambda direction: [(port, bit) for port, all in pins.items() if cell["port_directions"][port] == direction for bit in all if isinstance(bit, int)]
        if kind == "LUT4":
            self.arc(first("Z"), map(first, "ABCD"), LUT, name)
        elif kind in ("PFUMX", "L6MUX21"):
            data, select = (("ALUT", "BLUT"), "C0") if kind == "PFUMX" else (("D0", "D1"), "SD")
            self.arc(first("Z"), map(first, data), MUX, name, False)
            self.arc(first("Z"), [first(select)], MUX, name)
        elif kind == "CCU2C":
            low, high = ([first(port + half) for port in "ABCD"] for half in "01")
            self.arc(first("COUT"), low + high, TO_CARRY, name)
            self.arc(first("COUT"), [first("CIN")], CARRY, name, False)
            self.arc(first("S0"), low, SUM, name)
            self.arc(first("S1"), high, SUM, name)
            self.arc(first("S1"), low, SUM + TO_CARRY, name)
            for output in ("S0", "S1"):
                self.arc(first(output), [first("CIN")], FROM_CARRY, name, False)
        elif kind == "MULT18X18D":
            for _, output in bits("output"):
                self.arc(output, [bit for _, bit in bits("input")], PRODUCT, name)
        elif kind in ("TRELLIS_FF", "DP16KD", "TRELLIS_DPR16X4"):
            clock_of = lambda port: self.clocks.get(first({"TRELLIS_FF": "CLK", "TRELLIS_DPR16X4": "WCK"}.get(kind) or "CLK" + self.side(port)))
            for port, output in bits("output"):
                if kind == "TRELLIS_DPR16X4":
                    self.arc(output, pins["RAD"], DISTRIBUTED_RAM, name)
                elif clock_of(port) == self.clock:
                    self.starts[output] = CLOCK_TO_Q if kind == "TRELLIS_FF" else RAM_CLOCK_TO_Q
            for port, bit in bits("input"):
                if not port.startswith("CLK") and port not in ("WCK", "RAD") and clock_of(port) == self.clock:
                    self.ends.append((bit, name, port))

    def side(self, port):
        """Of a block RAM, the port that a pin is of: DOA3, ADB4, CEA, WEB, OCEA, CSB0."""
        return re.sub(r"\d+$", "", port)[-1]

    def net(self, bit, sink, port=""):
        source, target = self.tiles.get(self.driver.get(bit)), self.tiles.get(sink)
        if source and target:
            if port == "DI" and source == target:
                return 0
            tiles = sum(abs(a - b) for a, b in zip(source, target))
            return TILE * (ENDS + tiles + min(tiles, 5))
        return 0.4 + min(2.2, 0.12 * self.fan_out[bit] ** 0.6)

    def arrival(self, end):
        """When a net settles at its driver, and the net and cell before it on the slowest way."""
        stack = [end]
        while stack:
            bit = stack[-1]
            waits = [before for before, *_ in self.arcs.get(bit, []) if before not in self.arrivals] if bit not in self.starts else []
            if waits:
                stack += waits
                continue
            slowest = (self.starts.get(bit, float("-inf")), None)
            if bit not in self.starts:
                for before, delay, name, routed in self.arcs.get(bit, []):
                    at = self.arrivals[before][0] + delay + (self.net(before, name) if routed else 0)
                    slowest = max(slowest, (at, before), key=lambda way: way[0])
            self.arrivals[bit] = slowest
            stack.pop()
        return self.arrivals[end][0]

    def way(self, bit):
        bits = [bit]
        while self.arrivals[bits[-1]][1] is not None:
            bits.append(self.arrivals[bits[-1]][1])
        return bits[::-1]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("netlist", help="build/area/<core>/harness.json")
    args.add_argument("--placed", help="the same, placed: placed_SEED.json of area.py --no-route")
    args.add_argument("--clock", required=True)
    args.add_argument("--paths", type=int, default=40)
    a = args.parse_args()
    netlist = Netlist(json.load(open(a.netlist))["modules"]["area_harness"], placed_at(a.placed) if a.placed else {}, a.clock)
    slowest = sorted(((netlist.arrival(bit) + netlist.net(bit, cell, port), bit, cell, port) for bit, cell, port in netlist.ends), reverse=True)
    pairs = {}
    for delay, bit, cell, port in slowest:
        way = netlist.way(bit)
        pair = (plain(netlist.driver.get(way[0], "constant")), f"{plain(cell)}.{port.rstrip('0123456789')}")
        pairs.setdefault(pair, [delay, way, 0])[2] += 1
    for (start, end), (delay, way, ends) in list(pairs.items())[:a.paths]:
        print(f"{delay:6.2f} ns to {ends} of {end} from {start}, {len(way) - 1} steps")
        print("          by " + " > ".join(f"{plain(netlist.names.get(bit, '?'))}({netlist.fan_out[bit]})" for bit in way))


if __name__ == "__main__":
    main()
