"""64b/66b coding of 10GBASE-R, from IEEE 802.3 Clause 49: a model for the test bed, one bit or one octet at a time where that is plainer.

Words are XGMII transfers: 64 data bits and 8 control flags, lane 0 in the low bits. Blocks are a sync header (0b01 read as "bit 0 sent first is
1", that is control; 0b10 data) and 64 payload bits, bit 0 sent first. Shares nothing with the gateware, the sim crate or cocotbext-eth.
"""

START, TERMINATE, ERROR, SEQUENCE, SIGNAL, IDLE = 0xFB, 0xFD, 0xFE, 0x9C, 0x5C, 0x07
DATA_HEADER, CONTROL_HEADER = 0b10, 0b01
IDLE_WORD = (0x0707070707070707, 0xFF)

# Table 49-1: control characters and their 7-bit codes; the ordered sets have 4-bit O codes.
CODES = {IDLE: 0x00, 0x06: 0x06, ERROR: 0x1E, 0x1C: 0x2D, 0x3C: 0x33, 0x7C: 0x4B, 0xBC: 0x55, 0xDC: 0x66, 0xF7: 0x78}
O_CODES = {SEQUENCE: 0x0, SIGNAL: 0xF}
CHARACTERS = {code: character for character, code in CODES.items()}
O_CHARACTERS = {code: character for character, code in O_CODES.items()}

# Figure 49-7: what the payload holds after the block type, in the order of transmission. d a data octet, c a control code, o an O code, a digit
# that many bits of padding; s and t stand for the start and the terminate, which take no bits. A second column names the lane of each entry.
FORMATS = {
    0x1E: [("c", lane) for lane in range(8)],
    0x2D: [("c", 0), ("c", 1), ("c", 2), ("c", 3), ("o", 4), ("d", 5), ("d", 6), ("d", 7)],
    0x33: [("c", 0), ("c", 1), ("c", 2), ("c", 3), ("4", None), ("s", 4), ("d", 5), ("d", 6), ("d", 7)],
    0x66: [("d", 1), ("d", 2), ("d", 3), ("o", 0), ("4", None), ("s", 4), ("d", 5), ("d", 6), ("d", 7)],
    0x55: [("d", 1), ("d", 2), ("d", 3), ("o", 0), ("o", 4), ("d", 5), ("d", 6), ("d", 7)],
    0x78: [("s", 0)] + [("d", lane) for lane in range(1, 8)],
    0x4B: [("d", 1), ("d", 2), ("d", 3), ("o", 0)] + [("c", lane) for lane in range(4, 8)],
}
for _lane, _type in enumerate([0x87, 0x99, 0xAA, 0xB4, 0xCC, 0xD2, 0xE1, 0xFF]):
    FORMATS[_type] = (
        [("d", lane) for lane in range(_lane)]
        + [("t", _lane)]
        + ([(str(7 - _lane), None)] if _lane < 7 else [])
        + [("c", lane) for lane in range(_lane + 1, 8)]
    )
WIDTH = {"d": 8, "c": 7, "o": 4, "s": 0, "t": 0}


class InvalidBlock(Exception):
    """A block or a word that is none of the standard's."""


def _width(kind):
    return int(kind) if kind.isdigit() else WIDTH[kind]


for _format in FORMATS.values():
    assert sum(_width(kind) for kind, _ in _format) == 56


def encode(data, control):
    """The block of an XGMII word."""
    if control == 0:
        return DATA_HEADER, data
    lanes = [(data >> 8 * i & 0xFF, control >> i & 1) for i in range(8)]
    for block_type, layout in FORMATS.items():
        payload, at = block_type, 8
        for kind, lane in layout:
            if lane is not None:
                value, is_control = lanes[lane]
                if is_control != (kind != "d"):
                    break
                table = {"c": CODES, "o": O_CODES, "s": {START: 0}, "t": {TERMINATE: 0}}.get(kind)
                if table is not None:
                    if value not in table:
                        break
                    value = table[value]
                payload |= value << at
            at += _width(kind)
        else:
            return CONTROL_HEADER, payload
    raise InvalidBlock(f"no block says {data:016x}/{control:02x}")


def decode(header, payload):
    """The XGMII word of a block."""
    if header == DATA_HEADER:
        return payload, 0
    if header != CONTROL_HEADER:
        raise InvalidBlock(f"sync header {header:02b}")
    layout = FORMATS.get(payload & 0xFF)
    if layout is None:
        raise InvalidBlock(f"block type {payload & 0xFF:02x}")
    data, control, at = 0, 0, 8
    for kind, lane in layout:
        value = payload >> at & ((1 << _width(kind)) - 1)
        at += _width(kind)
        if lane is None:
            continue
        if kind != "d":
            table = {"c": CHARACTERS, "o": O_CHARACTERS, "s": {0: START}, "t": {0: TERMINATE}}[kind]
            if value not in table:
                raise InvalidBlock(f"code {value:02x} in a block of type {payload & 0xFF:02x}")
            value = table[value]
            control |= 1 << lane
        data |= value << 8 * lane
    return data, control


class Scrambler:
    """49.2.6: 1 + x^39 + x^58, one bit at a time."""

    def __init__(self, state=(1 << 58) - 1):
        self.state = state  # bit k: the bit of k + 1 bit times ago

    def scramble(self, payload):
        return self._run(payload, True)

    def descramble(self, payload):
        return self._run(payload, False)

    def _run(self, payload, sending):
        out, state = 0, self.state
        for i in range(64):
            bit = payload >> i & 1
            result = bit ^ (state >> 38 & 1) ^ (state >> 57 & 1)
            out |= result << i
            state = (state << 1 | (result if sending else bit)) & ((1 << 58) - 1)
        self.state = state
        return out


def block_class(header, payload):
    """R_BLOCK_TYPE of 49.2.13.2.3: C, S, T, D, or E for an invalid block or an error character."""
    try:
        data, control = decode(header, payload)
    except InvalidBlock:
        return "E"
    if header == DATA_HEADER:
        return "D"
    if any(control >> i & 1 and data >> 8 * i & 0xFF == ERROR for i in range(8)):
        return "E"
    block_type = payload & 0xFF
    if block_type in (0x33, 0x66, 0x78):
        return "S"
    return "C" if block_type in (0x1E, 0x2D, 0x55, 0x4B) else "T"


class Decoder:
    """Descrambles and decodes, and holds the order of blocks of Figure 49-15 without its error states: an order that would enter one raises."""

    FOLLOWS = {"C": "CS", "S": "DT", "D": "DT", "T": "CS"}

    def __init__(self):
        self.descrambler = Scrambler()
        self.last = "C"

    def word(self, header, payload):
        payload = self.descrambler.descramble(payload)
        kind = block_class(header, payload)
        if kind not in self.FOLLOWS[self.last]:
            raise InvalidBlock(f"a block {kind} ({header:02b} {payload:016x}) after a block {self.last}")
        self.last = kind
        return decode(header, payload)


class FrameCollector:
    """Takes frames off XGMII words: start, preamble, octets, terminate. `gaps` counts octets from each terminate (counted) to the next start."""

    def __init__(self):
        self.frames, self.gaps, self.ordered_sets = [], [], 0
        self._frame, self._gap = None, None

    def word(self, data, control):
        skip = 0
        for lane in range(8):
            octet, is_control = data >> 8 * lane & 0xFF, control >> lane & 1
            if skip:
                assert not is_control, "control character inside an ordered set"
                skip -= 1
                self._gap = None if self._gap is None else self._gap + 1
            elif self._frame is None:
                if is_control and octet == START:
                    assert lane in (0, 4), f"start in lane {lane}"
                    self._frame = []
                    if self._gap is not None:
                        self.gaps.append(self._gap)
                    continue
                assert is_control, f"data octet {octet:02x} between frames"
                if octet == SEQUENCE:
                    skip, self.ordered_sets = 3, self.ordered_sets + 1
                self._gap = None if self._gap is None else self._gap + 1
            elif is_control:
                assert octet == TERMINATE, f"control character {octet:02x} inside a frame"
                assert bytes(self._frame[:7]) == b"\x55" * 6 + b"\xd5", "preamble"
                self.frames.append(bytes(self._frame[7:]))
                self._frame, self._gap = None, 1
            else:
                self._frame.append(octet)


def words_of(frames, gap=12):
    """XGMII words of frames (with their FCS) that start in lanes 0 and 4 only, at least `gap` octets apart, then enough idle to end in peace."""
    octets = [(IDLE, 1)] * 8
    for frame in frames:
        octets += [(START, 1)] + [(0x55, 0)] * 6 + [(0xD5, 0)] + [(octet, 0) for octet in frame] + [(TERMINATE, 1)]
        octets += [(IDLE, 1)] * (gap - 1)
        octets += [(IDLE, 1)] * (-len(octets) % 4)
    octets += [(IDLE, 1)] * (-len(octets) % 8 + 64)
    for at in range(0, len(octets), 8):
        lanes = octets[at : at + 8]
        yield sum(o << 8 * i for i, (o, _) in enumerate(lanes)), sum(c << i for i, (_, c) in enumerate(lanes))


class SerdesLine:
    """A serial line in 66-bit words whose receiver cuts them `offset` bits off, and moves by one bit in each cycle with a bit slip."""

    def __init__(self, offset=0):
        self.offset, self._last = offset, 0

    def pass_block(self, header, payload, bitslip):
        if bitslip:
            self.offset = (self.offset + 1) % 66
        block = header | payload << 2
        cut = (self._last | block << 66) >> self.offset & ((1 << 66) - 1)
        self._last = block
        return cut & 3, cut >> 2
