"""Which nets of a placed core take the most wire, those of a register's bits as one; and where on the part wires are dense.

A net counts by half the perimeter of the box around its pins, as nextpnr's placer counts it; over that box its wire is spread evenly for the map. A um5g-85k
has wires for 167 tiles' lengths a tile (H01, H02, H06, V01, V02 and V06, by their numbers in router2's heat map).
"""
import argparse
import collections
import json
import re

from longest_paths import plain

# Cells whose nets are the global network's.
GLOBAL = ("DCCA", "TRELLIS_IO")
ROWS, COLUMNS = 8, 9


def boxes(placed):
    """Of each net: its driver's name and kind, the number of its users, and the corners of its box."""
    pins, drivers = collections.defaultdict(list), {}
    for name, cell in placed["cells"].items():
        if at := re.match(r"X(\d+)/Y(\d+)/", cell["attributes"].get("NEXTPNR_BEL", "")):
            for port, bits in cell["connections"].items():
                for bit in filter(lambda bit: isinstance(bit, int), bits):
                    pins[bit].append(tuple(map(int, at.groups())))
                    if cell["port_directions"][port] == "output":
                        drivers[bit] = (name, cell["type"])
    for bit, places in pins.items():
        if bit in drivers and len(places) > 1 and drivers[bit][1] not in GLOBAL:
            columns, rows = zip(*places)
            yield *drivers[bit], len(places) - 1, min(columns), max(columns), min(rows), max(rows)


def register(name, kind):
    """A register's name of that of a cell of it, the same for all blades; what is no register's by its instance."""
    return re.sub(r"_\d+(?=[._]|$)", "_#", plain(name).partition("$")[0]) + ("" if kind == "TRELLIS_FF" else " (logic)")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("placed", help="placed_SEED.json of area.py --no-route")
    args.add_argument("--least", type=int, default=0, metavar="TILES", help="only nets as long as this")
    args.add_argument("--registers", type=int, default=40)
    args.add_argument("--of", default="", metavar="PREFIX", help="only cells whose names begin so: dut.core.plane")
    a = args.parse_args()
    wires, nets, users = collections.Counter(), collections.Counter(), collections.Counter()
    dense = collections.Counter()
    for name, kind, fan_out, left, right, bottom, top in boxes(json.load(open(a.placed))["modules"]["top"]):
        length, area = right - left + top - bottom, (right - left + 1) * (top - bottom + 1)
        for row in range(bottom, top + 1):
            for column in range(left, right + 1):
                dense[row // ROWS, column // COLUMNS] += (length + 2) / area / (ROWS * COLUMNS)
        if length >= a.least and name.startswith(a.of):
            key = register(name, kind)
            wires[key] += length
            nets[key] += 1
            users[key] += fan_out
    print(f"{sum(wires.values())} tiles in {sum(nets.values())} nets\n\n  tiles  nets  tiles each  users each")
    for key, length in wires.most_common(a.registers):
        print(f"{length:7} {nets[key]:5} {length / nets[key]:11.1f} {users[key] / nets[key]:11.1f}  {key}")
    print(f"\nTiles' lengths of wire a tile, {COLUMNS} columns by {ROWS} rows in one:")
    for row in range(max(row for row, _ in dense) + 1):
        print(" ".join(f"{dense[row, column]:4.0f}" for column in range(max(column for _, column in dense) + 1)))


if __name__ == "__main__":
    main()
