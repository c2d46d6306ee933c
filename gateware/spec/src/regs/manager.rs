//! The manager's map.

use super::Access::{ReadOnly, ReadWrite, Strobe};
use super::manager_counters::{MANAGER_BLADE_COUNTERS, MANAGER_COUNTERS};
use super::{
    ADMIN_VALUES, AN_ABILITY, AN_LINK_TIMER_BITS, AN_LINK_TIMER_CYCLES, Block, CORE_CLOCK_HZ, Count, FLOW_TIMEOUT_DEFAULT, KIND_MANAGER,
    LINK_CONTROL, MAX_FRAME_LENGTH, Map, Register, STALE_LIMIT_CYCLES, VALUE_32, VALUE_64, choice, counters, field, forwarding, hash,
    identity, joined, mac, register, selector, tables, wide,
};
use crate::embedding;
use crate::score::Policy;

/// 02:53:42:00:01:00, and 02:53:42:00:02:NN for the links to the blades.
const UPLINK_ADDRESS: u64 = 0x0001_0042_5302;
const PORT_ADDRESS: u64 = 0x0002_0042_5302;
const MAC_RESET: u64 = 0x0000_0042_5302;
const MAC_STEP: u64 = 1 << 40;

const BLADE_REGISTERS: [Register; 16] = [
    register(
        "control",
        0x00,
        ReadWrite,
        0x4,
        "What the host wants of the blade. The stricter of this and the blade's own state counts.",
        &[
            choice("admin", 0, 2, "State of administration set by the host.", ADMIN_VALUES),
            field("enabled", 2, 1, "The blade takes part; a disabled one is treated as absent."),
        ],
    ),
    register(
        "weight",
        0x04,
        ReadWrite,
        16,
        "Share of the blade among its peers where a rule counts weights.",
        &[field("value", 0, 8, "")],
    ),
    Register {
        name: "mac",
        offset: 0x08,
        words: 2,
        access: ReadWrite,
        reset: MAC_RESET,
        reset_step: MAC_STEP,
        doc: "MAC address of the blade's server; bits 7..0 are the first byte on the wire. Locally administered after reset: 02:53:42:00:00:NN.",
        fields: &[field("value", 0, 48, "")],
    },
    wide(
        "record",
        0x10,
        ReadOnly,
        0,
        "The last accepted utilisation record and the state of the link it came over, one sample.",
        &[
            field("cpu", 0, 8, "CPU utilisation, 255 = 100 %."),
            field("irq", 8, 8, "Interrupt utilisation, 255 = 100 %."),
            field("work", 16, 8, "Work-load capacity left, 255 = 100 %."),
            field("power", 24, 8, "Power-saving capacity left, 255 = 100 %."),
            field("queue", 32, 8, "Requests in flight, saturating."),
            choice("admin", 40, 2, "State of administration the blade reports.", ADMIN_VALUES),
            field("seq", 44, 4, "Sequence number of the sample."),
            field("known", 48, 1, "A good record came since the link came up."),
            field("stale", 49, 1, "The record is older than policy.stale_limit."),
            field("link", 50, 1, "The link is synchronised."),
        ],
    ),
    register("age", 0x18, ReadOnly, 0, "Age of the record in cycles, saturating.", VALUE_32),
    register(
        "worst_age",
        0x1C,
        ReadOnly,
        0,
        "Greatest age a record reached since the last policy.command.clear_worst.",
        VALUE_32,
    ),
    register(
        "active_flows",
        0x20,
        ReadOnly,
        0,
        "Flows of the table that go to this blade.",
        &[field("value", 0, 16, "")],
    ),
    register(
        "queue_level",
        0x24,
        ReadOnly,
        0,
        "64-bit words in the queue to the blade, of frames from the uplink; those of other blades have one of their own.",
        &[field("value", 0, 16, "")],
    ),
    register(
        "queue_high_water",
        0x28,
        ReadOnly,
        0,
        "Most words the queue held since the last policy.command.clear_worst.",
        &[field("value", 0, 16, "")],
    ),
    register("index", 0x2C, ReadOnly, 0, "Number of this blade.", &[field("value", 0, 4, "")]),
    register(
        "link_control",
        0x30,
        ReadWrite,
        embedding::A as u64,
        "The link to the blade.",
        LINK_CONTROL,
    ),
    register(
        "link_status",
        0x34,
        ReadOnly,
        0,
        "State of the link to the blade now.",
        &[
            field("up", 0, 1, "Frames can pass."),
            field("an_complete", 1, 1, "Auto-negotiation is done."),
            field(
                "lp_ability",
                16,
                16,
                "Base page of the link partner, once auto-negotiation is done.",
            ),
        ],
    ),
    register(
        "an_ability",
        0x38,
        ReadWrite,
        AN_ABILITY as u64,
        "Base page to advertise (37.2.1). Bit 14 (Acknowledge) is the gateware's own; bit 15 (next page) is to be 0.",
        &[field("value", 0, 16, "")],
    ),
    register(
        "an_link_timer",
        0x3C,
        ReadWrite,
        AN_LINK_TIMER_CYCLES as u64,
        "Link timer of auto-negotiation in cycles of 125 MHz; 10 ms after reset, as 1000BASE-X has it.",
        &[field("value", 0, AN_LINK_TIMER_BITS, "")],
    ),
    register(
        "vlan",
        0x40,
        ReadWrite,
        0,
        "What becomes of the VLAN tag of balanced frames to this blade.",
        &[
            choice(
                "action",
                0,
                2,
                "keep: as it came; strip: the outer tag goes; set: the outer tag gets `vid`, or one with priority 0 is put in.",
                &[("keep", 0), ("strip", 1), ("set", 2)],
            ),
            field("vid", 4, 12, "VLAN identifier."),
        ],
    ),
    register(
        "queue_limit",
        0x44,
        ReadWrite,
        0,
        "64-bit words beyond which a queue to the blade takes no frame, be it that of the uplink's frames or of other blades'; 0: all it has.",
        &[field("value", 0, 16, "")],
    ),
];

const BLOCKS: &[Block] = &[
    identity(),
    Block {
        name: "uplink",
        base: 0x0100,
        stride: 0x100,
        count: Count::One,
        doc: "The 10GBASE-R link of the chassis.",
        registers: &[
            register(
                "status",
                0x00,
                ReadOnly,
                0,
                "State of the link now.",
                &[
                    field("block_lock", 0, 1, "The receiver has found the block boundary."),
                    field("local_fault", 1, 1, "This end receives nothing usable."),
                    field("remote_fault", 2, 1, "The far end receives nothing usable."),
                    field("high_ber", 3, 1, "hi_ber: 16 or more invalid headers in 125 us."),
                ],
            ),
            register(
                "max_frame_length",
                0x04,
                ReadWrite,
                MAX_FRAME_LENGTH as u64,
                "Longest frame accepted from uplink and blades, in bytes with frame check sequence.",
                &[field("value", 0, 16, "")],
            ),
            register(
                "control",
                0x08,
                ReadWrite,
                0,
                "What this end adds to the link, and its test pattern.",
                &[
                    field(
                        "aggregate",
                        0,
                        1,
                        "Send the chassis aggregate up the uplink in mode D, so that a manager above sees the chassis as one blade.",
                    ),
                    field("prbs31_transmit", 1, 1, "Send the test pattern PRBS31 instead of data (49.2.8)."),
                    field(
                        "prbs31_check",
                        2,
                        1,
                        "Check what is received for PRBS31; no data and no block lock meanwhile. Counts in uplink_prbs31_errors.",
                    ),
                ],
            ),
        ],
    },
    Block {
        name: "policy",
        base: 0x0200,
        stride: 0x100,
        count: Count::One,
        doc: "Which traffic is balanced, and how a blade is chosen.",
        registers: &[
            register(
                "select",
                0x00,
                ReadWrite,
                Policy::LeastTracked as u64,
                "Rule that chooses the blade of a new flow.",
                &[choice(
                    "value",
                    0,
                    4,
                    "rr: round robin; lu: least load; lu-delta: least load corrected by what was sent and left since; wrr: round robin by weights; \
                     wlc: least connections by weights; hwr: at random by headroom and weight; po2: the less loaded of two at random; hcl: least load \
                     among blades that are not hot, else least connections; pack: the first blade that is not full; hash: by the flow's hash; lu-track: \
                     least load, tracked flow by flow from the last report below full.",
                    &[
                        ("rr", 0),
                        ("lu", 1),
                        ("lu-delta", 2),
                        ("wrr", 3),
                        ("wlc", 4),
                        ("hwr", 5),
                        ("po2", 6),
                        ("hcl", 7),
                        ("pack", 8),
                        ("hash", 9),
                        ("lu-track", 10),
                    ],
                )],
            ),
            register(
                "delta",
                0x04,
                ReadWrite,
                16,
                "lu-delta: utilisation one flow adds, 255 = 100 %; about 255 / (4 * cores).",
                &[field("value", 0, 8, "")],
            ),
            register(
                "ewma_shift",
                0x08,
                ReadWrite,
                4,
                "lu-delta: the mean of active flows moves by 1/2^shift of the difference.",
                &[field("value", 0, 4, "")],
            ),
            register(
                "stale_limit",
                0x0C,
                ReadWrite,
                STALE_LIMIT_CYCLES as u64,
                "Age in cycles from which a record says nothing any more.",
                VALUE_32,
            ),
            register(
                "vip",
                0x10,
                ReadWrite,
                0,
                "IPv4 address of the service; a.b.c.d is 0xaabbccdd.",
                VALUE_32,
            ),
            register(
                "vip_mask",
                0x14,
                ReadWrite,
                0,
                "Bits of the destination address that must equal vip; 0 balances every IPv4 TCP and UDP frame.",
                VALUE_32,
            ),
            register(
                "flow_timeout",
                0x18,
                ReadWrite,
                FLOW_TIMEOUT_DEFAULT as u64,
                "Idle time after which a flow is removed, in units of 65536 cycles.",
                VALUE_32,
            ),
            register(
                "command",
                0x1C,
                Strobe,
                0,
                "Actions.",
                &[
                    field("clear_worst", 0, 1, "Begin worst_age and queue_high_water of every blade anew."),
                    field("flush_flows", 1, 1, "Forget every flow."),
                ],
            ),
            wide(
                "hash_key",
                0x20,
                ReadWrite,
                0x5342_9E37_79B9_7F4A,
                "Key of the flow table's hash.",
                VALUE_64,
            ),
        ],
    },
    Block {
        name: "flows",
        base: 0x0300,
        stride: 0x100,
        count: Count::One,
        doc: "The flow table.",
        registers: &[register("entries", 0x00, ReadOnly, 0, "Flows in the table.", VALUE_32)],
    },
    Block {
        name: "statistics",
        base: 0x0400,
        stride: 0x100,
        count: Count::One,
        doc: "Counters of the manager as a whole.",
        registers: &counters(0x00, &MANAGER_COUNTERS),
    },
    forwarding::BLOCK,
    tables::BLOCK,
    forwarding::STATISTICS,
    selector::BLOCK,
    Block {
        name: "blade",
        base: 0x1000,
        stride: 0x100,
        count: Count::Blades,
        doc: "One blade: what the host wants of it, what it reports, what it was given.",
        registers: &joined::<16, 16, 32>(BLADE_REGISTERS, counters(0x80, &MANAGER_BLADE_COUNTERS)),
    },
    Block {
        name: "uplink_mac",
        base: 0x2000,
        stride: 0x200,
        count: Count::One,
        doc: "The uplink's MAC: statistics of RFC 2819 and IEEE 802.3 Clause 30 under their names in `ethtool -S`, and flow control.",
        registers: &mac::registers(UPLINK_ADDRESS, 0),
    },
    Block {
        name: "blade_mac",
        base: 0x4000,
        stride: 0x200,
        count: Count::Blades,
        doc: "The MAC of the link to a blade: statistics and flow control as `uplink_mac`.",
        registers: &mac::registers(PORT_ADDRESS, MAC_STEP),
    },
];

/// The manager's map.
pub const MANAGER: Map = Map {
    name: "manager",
    kind: KIND_MANAGER,
    clock_hz: CORE_CLOCK_HZ,
    doc: "Registers of a manager. They run on clk_core.",
    blocks: BLOCKS,
    windows: &[tables::WINDOW],
};

/// `identity.map_hash` of a manager.
pub const MANAGER_MAP_HASH: u32 = hash::of_map(&MANAGER);
