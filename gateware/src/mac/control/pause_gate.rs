//! Whose frame goes to the MAC next: the client's or a PAUSE frame. IEEE 802.3 31B.3.1.
//!
//! | port | dir | clock | meaning |
//! |---|---|---|---|
//! | clk, reset | in | | transmit clock; the same reset as the MAC's |
//! | held | in | clk | the client's next frame must wait; a frame under way goes on |
//! | due | in | clk | a PAUSE frame waits |
//! | client_valid, client_ready, client_last | in, out, in | clk | the client's stream |
//! | control_last | in | clk | the PAUSE frame's word is its last |
//! | mac_valid, mac_ready, mac_idle | out, in, in | clk | the MAC's stream, and that a frame can begin |
//! | in_control | out | clk | the word offered is the PAUSE frame's |
//! | starts | out | clk | a PAUSE frame begins |
//! | sent | out | clk | one cycle: a PAUSE frame was handed over whole |
//!
//! The MAC takes a frame's first word in the cycle in which it begins (`first_at_once`), or after it.
//! Invariant: within a frame all words come from one side. Between frames the MAC does not see what is offered until it begins one, so that
//! a pause stops a frame that has waited for the gap's end, too.
//! Neither side waits for the other for ever: a PAUSE frame never follows another while a client's frame that is not held waits.
//! Latency: a frame is offered to the MAC from registers, a cycle after it came; that cycle is not lost where another has just ended, since the MAC still ends
//! it (`adds_a_cycle_to_a_frame_that_comes_alone`). `client_ready` comes from registers alone. Bad input: a client that runs dry is the MAC's to deal with.

use rust_hdl::prelude::*;

#[derive(LogicBlock)]
pub struct PauseGate {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub held: Signal<In, Bit>,
    pub due: Signal<In, Bit>,
    pub client_valid: Signal<In, Bit>,
    pub client_ready: Signal<Out, Bit>,
    pub client_last: Signal<In, Bit>,
    pub control_last: Signal<In, Bit>,
    pub mac_valid: Signal<Out, Bit>,
    pub mac_ready: Signal<In, Bit>,
    pub mac_idle: Signal<In, Bit>,
    pub in_control: Signal<Out, Bit>,
    pub starts: Signal<Out, Bit>,
    pub sent: Signal<Out, Bit>,
    client_frame: DFF<Bit>,
    control_frame: DFF<Bit>,
    /// The last frame was a PAUSE frame.
    was_control: DFF<Bit>,
    /// What the MAC may begin, only between frames.
    offers_client: DFF<Bit>,
    offers_control: DFF<Bit>,
    between: Signal<Local, Bit>,
    client_side: Signal<Local, Bit>,
    client_begins: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
    client_waits: Signal<Local, Bit>,
    control_next: Signal<Local, Bit>,
    first_at_once: Constant<Bit>,
}

impl PauseGate {
    /// Before a MAC that takes the first word of a frame as it begins, or not.
    pub fn new(first_at_once: bool) -> Self {
        with_defaults!(Self { first_at_once: Constant::new(first_at_once), }
            defaults clk reset held due client_valid client_ready client_last control_last mac_valid mac_ready mac_idle in_control
            starts sent client_frame control_frame was_control offers_client offers_control between client_side client_begins begins
            client_waits control_next)
    }
}

impl Logic for PauseGate {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clk, client_frame, control_frame, was_control, offers_client, offers_control);
        self.between.next = !(self.client_frame.q.val() | self.control_frame.q.val());
        self.client_waits.next = self.client_valid.val() & !self.held.val();
        self.control_next.next = self.due.val() & !(self.was_control.q.val() & self.client_waits.val());
        self.client_side.next = self.client_frame.q.val() | (self.offers_client.q.val() & self.first_at_once.val());
        self.client_begins.next = self.offers_client.q.val() & (self.client_valid.val() | !self.first_at_once.val());
        self.begins.next = self.mac_idle.val() & (self.client_begins.val() | self.offers_control.q.val());
        self.offers_control.d.next = self.between.val() & !self.begins.val() & self.control_next.val();
        self.offers_client.d.next = self.between.val() & !self.begins.val() & !self.control_next.val() & self.client_waits.val();
        self.mac_valid.next = self.control_frame.q.val()
            | (self.client_frame.q.val() & self.client_valid.val())
            | self.client_begins.val()
            | self.offers_control.q.val();
        self.starts.next = self.mac_idle.val() & self.offers_control.q.val();
        if self.begins.val() {
            self.control_frame.d.next = self.offers_control.q.val();
            self.client_frame.d.next = self.offers_client.q.val() & !(self.first_at_once.val() & self.client_last.val());
            self.was_control.d.next = self.offers_control.q.val();
        }
        if self.client_frame.q.val() & self.mac_ready.val() & self.client_valid.val() & self.client_last.val() {
            self.client_frame.d.next = false;
        }
        self.sent.next = self.control_frame.q.val() & self.mac_ready.val() & self.control_last.val();
        if self.control_frame.q.val() & self.mac_ready.val() & self.control_last.val() {
            self.control_frame.d.next = false;
        }
        if self.reset.val() {
            self.client_frame.d.next = false;
            self.control_frame.d.next = false;
            self.was_control.d.next = false;
            self.offers_client.d.next = false;
            self.offers_control.d.next = false;
        }
        self.client_ready.next = self.client_side.val() & self.mac_ready.val();
        self.in_control.next = self.control_frame.q.val() | (self.offers_control.q.val() & self.first_at_once.val());
    }
    spareband_hdl::module_name!();
}
