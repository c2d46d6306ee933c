//! Synchronisation. IEEE 802.3 36.2.5.2.6, Figure 36-9.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | |
//! | comma | in | clk | a valid code-group with a comma (K28.1, K28.5, K28.7) |
//! | data | in | clk | a valid /D/ |
//! | invalid | in | clk | not in the column of the current running disparity |
//! | sync | out | clk | sync_status is OK, with the code-group of the cycle before |
//! | even | out | clk | rx_even of the code-group of the cycle before |
//! | hunt | out | clk | LOSS_OF_SYNC: the code-group boundary may move |
//!
//! Invariant: from LOSS_OF_SYNC it takes three commas, each followed by /D/ and no bad code-group between, to acquire
//! synchronisation, and from SYNC_ACQUIRED_1 four bad code-groups not balanced by four good ones each to lose it.
//! Latency: 1 cycle (`latency_is_one`). signal_detect is taken as OK: a dark line gives no valid code-groups.

use rust_hdl::prelude::*;

/// SYNC_ACQUIRED_2A, 3A and 4A are SYNC_ACQUIRED_2, 3 and 4 with good_cgs above 0.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum State {
    LossOfSync,
    CommaDetect1,
    AcquireSync1,
    CommaDetect2,
    AcquireSync2,
    CommaDetect3,
    SyncAcquired1,
    SyncAcquired2,
    SyncAcquired3,
    SyncAcquired4,
}

#[derive(LogicBlock)]
pub struct Synchronization {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub comma: Signal<In, Bit>,
    pub data: Signal<In, Bit>,
    pub invalid: Signal<In, Bit>,
    pub sync: Signal<Out, Bit>,
    pub even: Signal<Out, Bit>,
    pub hunt: Signal<Out, Bit>,
    state: DFF<State>,
    sync_status: DFF<Bit>,
    rx_even: DFF<Bit>,
    good_cgs: DFF<Bits<2>>,
    bad: Signal<Local, Bit>,
    four_good: Signal<Local, Bit>,
    all_good: Constant<Bits<2>>,
}

impl Default for Synchronization {
    fn default() -> Self {
        with_defaults!(Self {
            all_good: Constant::new(bits::<2>(3)),
        }
            defaults clk reset comma data invalid sync even hunt state sync_status rx_even good_cgs bad four_good)
    }
}

impl Logic for Synchronization {
    spareband_hdl::module_name!();

    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, state, sync_status, rx_even, good_cgs);
        self.bad.next = self.invalid.val() | (self.comma.val() & self.rx_even.q.val());
        self.rx_even.d.next = !self.rx_even.q.val();
        self.good_cgs.d.next = self.good_cgs.q.val() + 1;
        if self.bad.val() {
            self.good_cgs.d.next = 0.into();
        }
        self.four_good.next = !self.bad.val() & (self.good_cgs.q.val() == self.all_good.val());
        match self.state.q.val() {
            State::LossOfSync => {
                if self.comma.val() {
                    self.state.d.next = State::CommaDetect1;
                    self.rx_even.d.next = true;
                }
            }
            State::CommaDetect1 => {
                self.state.d.next = State::LossOfSync;
                if self.data.val() {
                    self.state.d.next = State::AcquireSync1;
                }
            }
            State::AcquireSync1 => {
                if self.bad.val() {
                    self.state.d.next = State::LossOfSync;
                } else {
                    if self.comma.val() {
                        self.state.d.next = State::CommaDetect2;
                    }
                }
            }
            State::CommaDetect2 => {
                self.state.d.next = State::LossOfSync;
                if self.data.val() {
                    self.state.d.next = State::AcquireSync2;
                }
            }
            State::AcquireSync2 => {
                if self.bad.val() {
                    self.state.d.next = State::LossOfSync;
                } else {
                    if self.comma.val() {
                        self.state.d.next = State::CommaDetect3;
                    }
                }
            }
            State::CommaDetect3 => {
                self.state.d.next = State::LossOfSync;
                if self.data.val() {
                    self.state.d.next = State::SyncAcquired1;
                    self.sync_status.d.next = true;
                }
            }
            State::SyncAcquired1 => {
                if self.bad.val() {
                    self.state.d.next = State::SyncAcquired2;
                }
            }
            State::SyncAcquired2 => {
                if self.bad.val() {
                    self.state.d.next = State::SyncAcquired3;
                } else {
                    if self.four_good.val() {
                        self.state.d.next = State::SyncAcquired1;
                    }
                }
            }
            State::SyncAcquired3 => {
                if self.bad.val() {
                    self.state.d.next = State::SyncAcquired4;
                } else {
                    if self.four_good.val() {
                        self.state.d.next = State::SyncAcquired2;
                    }
                }
            }
            State::SyncAcquired4 => {
                if self.bad.val() {
                    self.state.d.next = State::LossOfSync;
                    self.sync_status.d.next = false;
                } else {
                    if self.four_good.val() {
                        self.state.d.next = State::SyncAcquired3;
                    }
                }
            }
            _ => {
                self.state.d.next = State::LossOfSync;
                self.sync_status.d.next = false;
            }
        }
        if self.reset.val() {
            self.state.d.next = State::LossOfSync;
            self.sync_status.d.next = false;
        }
        self.sync.next = self.sync_status.q.val();
        self.even.next = self.rx_even.q.val();
        self.hunt.next = self.state.q.val() == State::LossOfSync;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pcs::basex::tick;

    /// c = comma, d = data, x = invalid, k = another special code-group. Returns sync after each as + or -.
    fn run(uut: &mut Synchronization, groups: &str) -> String {
        groups
            .chars()
            .map(|group| {
                uut.comma.next = group == 'c';
                uut.data.next = group == 'd';
                uut.invalid.next = group == 'x';
                tick!(*uut, clk);
                if uut.sync.val() { '+' } else { '-' }
            })
            .collect()
    }

    fn new() -> Synchronization {
        let mut uut = Synchronization::default();
        uut.connect_all();
        uut
    }

    fn acquired() -> Synchronization {
        let mut uut = new();
        assert_eq!(run(&mut uut, "cdcdcd"), "-----+");
        uut
    }

    #[test]
    fn acquires_after_three_commas_each_followed_by_data() {
        assert_eq!(run(&mut new(), "ddxkcdddddcdcdd"), "-------------++");
    }

    #[test]
    fn starts_again_on_a_bad_code_group_or_an_odd_comma() {
        for bad in ["cdcdcx", "cdcdck", "cdcxcd", "cdcdxdcdcd", "cdcddcdd", "cdcdcc"] {
            assert!(!run(&mut new(), bad).contains('+'), "{bad}");
        }
    }

    #[test]
    fn latency_is_one() {
        let mut uut = new();
        run(&mut uut, "cdcdc");
        assert!(!uut.sync.val());
        assert_eq!(run(&mut uut, "d"), "+");
    }

    #[test]
    fn hysteresis() {
        assert_eq!(run(&mut acquired(), "xxxx"), "+++-");
        // Four good code-groups win one step back, three do not.
        assert_eq!(run(&mut acquired(), "xxxdkddxdkddx"), "+".repeat(13));
        assert_eq!(run(&mut acquired(), "xxxdddxdx"), "++++++---");
        // A comma at an odd position is bad, at an even one good.
        let mut uut = acquired();
        assert_eq!(run(&mut uut, "cdcd"), "++++");
        assert_eq!(run(&mut uut, "dcxxx"), "++++-");
    }

    #[test]
    fn even_follows_the_commas() {
        let mut uut = acquired();
        assert!(!uut.even.val());
        run(&mut uut, "c");
        assert!(uut.even.val());
        run(&mut uut, "d");
        assert!(!uut.even.val());
    }
}
