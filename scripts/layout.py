"""What `area.py --dense` does to a manager's netlist so that a um5g-85k takes it: its parts are far apart, and what all of them use has to be near each.

Copies: synthesis makes one register of those that hold the same in each blade's port (the words of a frame on their way to all queues); here each port gets its own again. So does
each part whose lookup tables use a reset. The global network leads large resets to flip-flops, but not to lookup tables. ResetSync's last stage is there to be copied.

Places: nextpnr's placer has no pads here to begin from, and spread the block RAMs of a queue over the whole chip. So block RAMs and multipliers have a place from the start, and the
logic follows: each blade's block RAMs lie side by side, left or right in one of the four rows of them; between those the forwarding plane's, the flow table's next to each
other; below them the selector's multipliers, those of the blades' scores outside.
"""
import collections
import re

# Of clocks and other signals together, in each quadrant of a um5g-85k.
GLOBAL_NETS = 16
# Flip-flops that make a reset large.
LARGE_RESET = 100
# Columns of the block RAMs of a row, numbered 0 to 3 in turn; of the multipliers in the middle of their row.
BLOCK_RAM_COLUMNS = [4, 6, 8, 10, 13, 15, 17, 19, 22, 24, 26, 28, 31, 33, 35, 37, 40, 42, 44, 46, 49, 51, 53, 55, 58, 60,
                     62, 64, 69, 71, 73, 75, 78, 80, 82, 84, 87, 89, 91, 93, 96, 98, 100, 102, 105, 107, 109, 111, 114, 116, 118, 120]
MULTIPLIERS = [f"X{base + number}/Y58/MULT18_{number}" for base in (31, 40, 49, 58, 69, 78) for number in (0, 1, 4, 5)]
BLADE_BLOCK_RAMS = 16
# Rows of the blades, of which the first are taken; rows of the forwarding plane, and its memories in that order.
BLADE_ROWS = (46, 70, 22, 82)
PLANE_ROWS = (82, 70, 46, 22)
PLANE_MEMORIES = ("full_open", "half_open", "services", "consistent", "frame_words", "account", "macs", "statistics", "responder")


def free_net(module):
    return 1 + max(bit for net in module["netnames"].values() for bit in net["bits"] if isinstance(bit, int))


def free_carries(module):
    """Takes away what nextpnr would lead into a carry chain, or out of it, by elements of its own for nothing: a constant below those of carry_chain.v, which
    make their carry themselves, and a carry that nothing uses. For yosys such a netlist is wrong, so it comes last."""
    elements = [cell["connections"] for cell in module["cells"].values() if cell["type"] == "CCU2C"]
    used = {bit for cell in module["cells"].values() for port, bits in cell["connections"].items() if cell["port_directions"][port] == "input" for bit in bits}
    for pins in elements:
        if not isinstance(pins["CIN"][0], int) and pins["A0"] == pins["B0"] and pins["C0"] == ["0"]:
            pins["CIN"] = ["x"]
        if pins["COUT"][0] not in used:
            pins["COUT"] = ["x"]


def resets(module):
    """The nets that reset many flip-flops, those of most first."""
    users = collections.Counter(cell["connections"]["LSR"][0] for cell in module["cells"].values() if cell["type"] == "TRELLIS_FF")
    return [net for net, number in users.most_common() if isinstance(net, int) and number >= LARGE_RESET]


def copy_registers(module):
    """Gives each blade's port a copy of a register that it shares with others, and each part with lookup tables on a large reset one of that."""
    cells, free = module["cells"], free_net(module)
    registers = {cell["connections"]["Q"][0]: name for name, cell in cells.items() if cell["type"] == "TRELLIS_FF"}
    large = {net for net in resets(module) if net in registers}
    users, others = collections.defaultdict(lambda: collections.defaultdict(list)), set()
    for name, cell in cells.items():
        blade = re.match(r"blade_\d+(?=\.)", name)
        for port, bits in cell["connections"].items():
            for at, net in enumerate(bits):
                if net not in registers or cell["port_directions"][port] != "input":
                    continue
                if net in large and cell["type"] in ("LUT4", "PFUMX", "L6MUX21"):
                    users[net][".".join(name.split(".")[:-1][:3])].append((bits, at))
                elif blade and net not in large and port not in ("CLK", "LSR"):
                    users[net][blade[0]].append((bits, at))
                else:
                    others.add(net)
    for net, parts in users.items():
        if len(parts) == 1 and net not in large:
            continue
        register = registers[net]
        for part, pins in sorted(parts.items()):
            copy = f"{part}.copy_of_{register.replace('.', '_')}"
            cells[copy] = {**cells[register], "connections": {**cells[register]["connections"], "Q": [free]}}
            module["netnames"][f"{copy}_out"] = {"hide_name": 0, "bits": [free], "attributes": {}}
            for bits, at in pins:
                bits[at] = free
            free += 1
        if net not in others:
            del cells[register]


def global_resets(module):
    """Leads the resets of most flip-flops over the global network, as far as the clocks leave room: they reach all over the part within a cycle then."""
    flip_flops = [cell["connections"] for cell in module["cells"].values() if cell["type"] == "TRELLIS_FF"]
    clocks = {pins["CLK"][0] for pins in flip_flops}
    free = free_net(module)
    for number, reset in enumerate(resets(module)[:GLOBAL_NETS - len(clocks)]):
        module["cells"][f"global_reset_{number}"] = {
            "type": "DCCA", "parameters": {}, "attributes": {}, "port_directions": {"CLKI": "input", "CE": "input", "CLKO": "output"},
            "connections": {"CLKI": [reset], "CE": ["1"], "CLKO": [free + number]}}
        module["netnames"][f"global_reset_{number}_out"] = {"hide_name": 0, "bits": [free + number], "attributes": {}}
        for pins in flip_flops:
            if pins["LSR"] == [reset]:
                pins["LSR"] = [free + number]


def place_memories(module):
    """Gives block RAMs and multipliers their places, in a netlist whose cells' names begin with the instance `dut`. What is left over the placer places."""
    natural = lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]
    rows = {y: [f"X{x}/Y{y}/EBR{number % 4}" for number, x in enumerate(BLOCK_RAM_COLUMNS)] for y in PLANE_ROWS}
    places = {"multipliers": MULTIPLIERS, "plane": [place for y in PLANE_ROWS for place in rows[y][BLADE_BLOCK_RAMS:-BLADE_BLOCK_RAMS]]}
    groups = collections.defaultdict(list)
    for name in sorted(module["cells"], key=natural):
        if module["cells"][name]["type"] == "MULT18X18D":
            groups["multipliers"].append(name)
        elif module["cells"][name]["type"] == "DP16KD":
            blade = re.match(r"dut\.(blade_\d+)\.", name)
            groups[blade[1] if blade else "plane"].append(name)
    # Blades in turn up the left side and down the right one, as their registers hand on what they are asked.
    blades = sorted((group for group in groups if group.startswith("blade_")), key=natural)
    taken = sorted(BLADE_ROWS[:(len(blades) + 1) // 2])
    places |= zip(blades, [rows[y][:BLADE_BLOCK_RAMS] for y in taken] + [rows[y][-BLADE_BLOCK_RAMS:] for y in reversed(taken)])
    scores = [name for name in groups["multipliers"] if ".scored_" in name]
    others = [name for name in groups["multipliers"] if name not in scores]
    groups["multipliers"] = scores[:len(scores) // 2] + others + scores[len(scores) // 2:]
    groups["plane"].sort(key=lambda name: next((place for place, memory in enumerate(PLANE_MEMORIES) if f".{memory}" in name), len(PLANE_MEMORIES)))
    for group, names in groups.items():
        for name, place in zip(names, places.get(group, [])):
            module["cells"][name]["attributes"]["BEL"] = place
