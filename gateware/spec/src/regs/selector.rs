//! The manager's selector: signals, marks and guards of the selection rules. `score::Settings` says what each does.

use super::Access::{ReadOnly, ReadWrite, Strobe};
use super::{Block, Count, VALUE_32, choice, field, register};
use crate::score::{ACTIVE_MAX, Settings, Signal};

/// Registers of settings, one after the other from the block's first address on.
pub const SELECTOR_WORDS: usize = 7;

/// Signals by their names.
pub const SIGNALS: &[(&str, u32)] = &[
    ("cpu", Signal::Cpu as u32),
    ("irq", Signal::Irq as u32),
    ("work", Signal::Work as u32),
    ("power", Signal::Power as u32),
    ("queue", Signal::Queue as u32),
];

/// Units of 65536 cycles of clk_core between steps of the ramps: 100 ms.
const TICK_INTERVAL_DEFAULT: u64 = 238;

const DEFAULT: Settings = Settings::DEFAULT;

pub(super) const BLOCK: Block = Block {
    name: "selector",
    base: 0x0900,
    stride: 0x100,
    count: Count::One,
    doc: "What the selection rules go by, and their guards. Loads are 0 to 255 for 0 to 100 %.",
    registers: &[
        register(
            "signals",
            0x00,
            ReadWrite,
            DEFAULT.signal as u64 | (DEFAULT.second as u64) << 4,
            "Signals of the records. Of work and power, which are what is left, the used part counts.",
            &[
                choice("load", 0, 3, "The load of every rule.", SIGNALS),
                choice("second", 4, 3, "hcl: the second signal.", SIGNALS),
            ],
        ),
        register(
            "marks",
            0x04,
            ReadWrite,
            DEFAULT.hot as u64 | (DEFAULT.second_hot as u64) << 8 | (DEFAULT.fill as u64) << 16 | (DEFAULT.refused_mark as u64) << 24,
            "From where on a blade is hot, full, avoided. Each ends 16 below, or a quarter below a mark under 64.",
            &[
                field("hot", 0, 8, "hcl: hot from this load on."),
                field("second_hot", 8, 8, "hcl: hot from this second signal on."),
                field("fill", 16, 8, "pack: full from this load on."),
                field(
                    "refused",
                    24,
                    8,
                    "A blade is avoided while its memory of refused connections, 0 to 255, is at this mark; a refusal adds an eighth of what is missing \
                     to 255, a flow takes 1/32 away and a tick 1/8. 0: never.",
                ),
            ],
        ),
        register(
            "ladder",
            0x08,
            ReadWrite,
            (DEFAULT.ladder_trust as u64) << 8 | (DEFAULT.ladder_random as u64) << 16,
            "lu, lu-delta, lu-track: what to do when reports are old. The rule becomes hwr, later wrr, when more than half of the service's eligible \
             blades are past a mark or have no report.",
            &[
                field("enable", 0, 1, "Do so."),
                field("trust", 8, 8, "Flows sent since a report up to which it is trusted."),
                field("random", 16, 8, "Flows sent up to which it still says where headroom is."),
            ],
        ),
        register(
            "slow_start",
            0x0C,
            ReadWrite,
            DEFAULT.good_reports as u64,
            "Blades that come up.",
            &[
                field(
                    "enable",
                    0,
                    1,
                    "Such a blade takes part in 1/16 of the decisions, and in 1/16 more with each tick.",
                ),
                field(
                    "good_reports",
                    8,
                    8,
                    "Records that say ready, in a row, before it is preferred; 0: none.",
                ),
            ],
        ),
        register(
            "tick_interval",
            0x10,
            ReadWrite,
            TICK_INTERVAL_DEFAULT,
            "Time between ticks of slow start and of the memory of refusals, in units of 65536 cycles; 0: no ticks.",
            VALUE_32,
        ),
        register(
            "span",
            0x14,
            ReadWrite,
            ACTIVE_MAX as u64,
            "lu-delta, lu-track: active flows count up to this in their average; about as many as fill a blade.",
            &[field("flows", 0, 12, "")],
        ),
        register(
            "wake",
            0x18,
            ReadWrite,
            DEFAULT.wake as u64,
            "pack: from this load of the last blade in use on, one more should be awake. Below marks.fill, so that it is up in time.",
            &[field("load", 0, 8, "")],
        ),
        register(
            "seed",
            0x1C,
            Strobe,
            0,
            "The random number goes on from here; 0 counts as 1. Managers side by side should have different ones.",
            VALUE_32,
        ),
        register(
            "awake",
            0x20,
            ReadOnly,
            0,
            "How many of a service's blades should be awake, from the first on, by the last decision of pack, of whatever service. \
             0: no decision of pack yet, or no blade could be taken. One more than the blades that took part: they are not enough.",
            &[field("blades", 0, 5, "")],
        ),
    ],
};
