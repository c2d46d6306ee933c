//! Carries out the requests of frames on a register bus and answers them. spec::uart_frame.
//! Invariant: one bus access at a time, and no write before the CRC of its whole request was found right.
//!
//! | port | dir | width | clock | meaning |
//! |---|---|---|---|---|
//! | clk, reset | in | 1 | | |
//! | body_data, body_valid, body_index | in | 8, 1, 9 | clk | bytes of a request, from FrameReceiver |
//! | body_end, body_good, body_length | in | 1, 1, 9 | clk | its end |
//! | send_data, send_valid, send_last, send_ready | | 8, 1, 1, 1 | clk | the response, to FrameSender |
//! | sender_busy | in | 1 | clk | the last response is still being sent |
//! | bus_address | out | 16 | clk | byte address; stable from the request to `bus_done` |
//! | bus_write_data | out | 32 | clk | stable likewise |
//! | bus_write, bus_read | out | 1 | clk | one cycle: the request |
//! | bus_read_data, bus_done, bus_error | in | 32, 1, 1 | clk | one cycle: the answer; `bus_error`: no such register, or not writable |
//!
//! Latency: a request starts on the bus 4 cycles after `body_end`. Throughput: bounded by the UART.
//! Bad input: see `Status`; a request that comes before the last one is answered is lost, and the host repeats it.

use rust_hdl::prelude::*;
use spareband_hdl::parts::{ResetReg, SimpleDualPortRam};
use spareband_spec::uart_frame::{CRC_BYTES, Command, DEVICE_BUS_CYCLES, MAX_WORDS, REQUEST_HEAD, RESPONSE, Status};

#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Phase {
    Receive,
    Check,
    WriteFetch,
    WriteRequest,
    WriteWait,
    SendSequence,
    SendCommand,
    ReadRequest,
    ReadWait,
    SendWord,
    SendStatus,
    Drain,
}

#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Master {
    sequence: Bits<8>,
    command: Bits<8>,
    address: Bits<16>,
    count: Bits<8>,
    /// Bytes of `word` that were taken in or sent out.
    byte: Bits<2>,
    word: Bits<32>,
    /// Word of the burst; 64 words make it overflow into bit 6.
    index: Bits<7>,
    words_left: Bits<8>,
    status: Bits<8>,
    /// The body's first byte was seen here, so all of it was.
    whole: bool,
    good: bool,
    length: Bits<9>,
    ended: bool,
    wait: Bits<8>,
    store: bool,
    store_index: Bits<6>,
}

/// A byte of a request and its place in it.
#[derive(Copy, Clone, Debug, PartialEq, Default, LogicStruct)]
struct Byte {
    data: Bits<8>,
    sequence: bool,
    command: bool,
    low: bool,
    high: bool,
    count: bool,
    word: bool,
}

#[derive(LogicBlock)]
pub struct RegisterMaster {
    pub clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub body_data: Signal<In, Bits<8>>,
    pub body_valid: Signal<In, Bit>,
    pub body_index: Signal<In, Bits<9>>,
    pub body_end: Signal<In, Bit>,
    pub body_good: Signal<In, Bit>,
    pub body_length: Signal<In, Bits<9>>,
    pub send_data: Signal<Out, Bits<8>>,
    pub send_valid: Signal<Out, Bit>,
    pub send_last: Signal<Out, Bit>,
    pub send_ready: Signal<In, Bit>,
    pub sender_busy: Signal<In, Bit>,
    pub bus_address: Signal<Out, Bits<16>>,
    pub bus_write_data: Signal<Out, Bits<32>>,
    pub bus_write: Signal<Out, Bit>,
    pub bus_read: Signal<Out, Bit>,
    pub bus_read_data: Signal<In, Bits<32>>,
    pub bus_done: Signal<In, Bit>,
    pub bus_error: Signal<In, Bit>,
    phase: ResetReg<Phase>,
    byte: ResetReg<Byte>,
    master: ResetReg<Master>,
    data_ram: SimpleDualPortRam<32, 6>,
    command_read: Constant<Bits<8>>,
    command_write: Constant<Bits<8>>,
    response: Constant<Bits<8>>,
    head_bytes: Constant<Bits<9>>,
    read_bytes: Constant<Bits<9>>,
    max_words: Constant<Bits<8>>,
    bus_cycles: Constant<Bits<8>>,
    status_ok: Constant<Bits<8>>,
    status_bad_crc: Constant<Bits<8>>,
    status_bad_address: Constant<Bits<8>>,
    status_bad_command: Constant<Bits<8>>,
    status_bad_length: Constant<Bits<8>>,
    status_no_answer: Constant<Bits<8>>,
    address: Signal<Local, Bits<16>>,
    address_more: Signal<Local, Bits<16>>,
    byte_more: Signal<Local, Bits<2>>,
    word: Signal<Local, Bits<32>>,
    word_in: Signal<Local, Bits<32>>,
    index: Signal<Local, Bits<7>>,
    index_more: Signal<Local, Bits<7>>,
    words_less: Signal<Local, Bits<8>>,
    wait_less: Signal<Local, Bits<8>>,
    expected: Signal<Local, Bits<9>>,
    count_bad: Signal<Local, Bit>,
}

impl Default for RegisterMaster {
    fn default() -> Self {
        let byte = |value: u8| Constant::new(bits::<8>(value.into()));
        with_defaults!(Self {
            data_ram: SimpleDualPortRam::default().distributed(),
            command_read: byte(Command::Read as u8),
            command_write: byte(Command::Write as u8),
            response: byte(RESPONSE),
            head_bytes: Constant::new(bits::<9>(REQUEST_HEAD as u64)),
            read_bytes: Constant::new(bits::<9>((REQUEST_HEAD + CRC_BYTES) as u64)),
            max_words: Constant::new(bits::<8>(MAX_WORDS as u64)),
            bus_cycles: Constant::new(bits::<8>(DEVICE_BUS_CYCLES.into())),
            status_ok: byte(Status::Ok as u8),
            status_bad_crc: byte(Status::BadCrc as u8),
            status_bad_address: byte(Status::BadAddress as u8),
            status_bad_command: byte(Status::BadCommand as u8),
            status_bad_length: byte(Status::BadLength as u8),
            status_no_answer: byte(Status::NoAnswer as u8),
        }
            defaults clk reset body_data body_valid body_index body_end body_good body_length send_data send_valid send_last
            send_ready sender_busy bus_address bus_write_data bus_write bus_read bus_read_data bus_done bus_error phase byte master
            address address_more byte_more word word_in index index_more words_less wait_less expected count_bad)
    }
}

impl Logic for RegisterMaster {
    #[hdl_gen]
    fn update(&mut self) {
        self.phase.clk.next = self.clk.val();
        self.phase.reset.next = self.reset.val();
        self.phase.d.next = self.phase.q.val();
        self.master.clk.next = self.clk.val();
        self.master.reset.next = self.reset.val();
        self.master.d.next = self.master.q.val();
        self.master.d.next.store = false;
        self.byte.clk.next = self.clk.val();
        self.byte.reset.next = self.reset.val();
        self.byte.d.next.data = self.body_data.val();
        self.byte.d.next.sequence = self.body_valid.val() & (self.body_index.val() == 0);
        self.byte.d.next.command = self.body_valid.val() & (self.body_index.val() == 1);
        self.byte.d.next.low = self.body_valid.val() & (self.body_index.val() == 2);
        self.byte.d.next.high = self.body_valid.val() & (self.body_index.val() == 3);
        self.byte.d.next.count = self.body_valid.val() & (self.body_index.val() > 3) & (self.body_index.val() < self.head_bytes.val());
        self.byte.d.next.word = self.body_valid.val() & (self.body_index.val() >= self.head_bytes.val());
        self.data_ram.clk.next = self.clk.val();
        self.data_ram.write_enable.next = self.master.q.val().store;
        self.data_ram.write_address.next = self.master.q.val().store_index;
        self.data_ram.write_data.next = self.master.q.val().word;

        self.address.next = self.master.q.val().address;
        self.address_more.next = self.address.val() + 4;
        self.byte_more.next = self.master.q.val().byte + 1;
        self.word.next = self.master.q.val().word;
        self.word_in.next = bit_cast::<32, 24>(self.word.val().get_bits::<24>(8)) | (bit_cast::<32, 8>(self.byte.q.val().data) << 24);
        self.index.next = self.master.q.val().index;
        self.index_more.next = self.index.val() + 1;
        self.words_less.next = self.master.q.val().words_left - 1;
        self.wait_less.next = self.master.q.val().wait - 1;
        self.expected.next = self.read_bytes.val();
        if self.master.q.val().command == self.command_write.val() {
            self.expected.next = self.read_bytes.val() + (bit_cast::<9, 8>(self.master.q.val().count) << 2);
        }
        self.count_bad.next = (self.master.q.val().count == 0)
            | (self.master.q.val().count > self.max_words.val())
            | (self.master.q.val().length != self.expected.val());
        self.data_ram.read_address.next = self.index.val().get_bits::<6>(0);

        self.send_data.next = self.master.q.val().sequence;
        self.send_valid.next = false;
        self.send_last.next = false;
        self.bus_address.next = self.address.val();
        self.bus_write_data.next = self.data_ram.read_data.val();
        self.bus_write.next = false;
        self.bus_read.next = false;

        match self.phase.q.val() {
            Phase::Receive => {
                if self.byte.q.val().sequence {
                    self.master.d.next.sequence = self.byte.q.val().data;
                    self.master.d.next.whole = true;
                    self.master.d.next.byte = 0.into();
                    self.master.d.next.index = 0.into();
                }
                if self.byte.q.val().command {
                    self.master.d.next.command = self.byte.q.val().data;
                }
                if self.byte.q.val().low {
                    self.master.d.next.address = bit_cast::<16, 8>(self.byte.q.val().data);
                }
                if self.byte.q.val().high {
                    self.master.d.next.address =
                        bit_cast::<16, 8>(self.address.val().get_bits::<8>(0)) | (bit_cast::<16, 8>(self.byte.q.val().data) << 8);
                }
                if self.byte.q.val().count {
                    self.master.d.next.count = self.byte.q.val().data;
                }
                if self.byte.q.val().word {
                    self.master.d.next.word = self.word_in.val();
                    self.master.d.next.byte = self.byte_more.val();
                    // The CRC behind a full burst would fall upon the first word.
                    if (self.master.q.val().byte == 3) & !self.index.val().get_bit(6) {
                        self.master.d.next.store = true;
                        self.master.d.next.store_index = self.index.val().get_bits::<6>(0);
                        self.master.d.next.index = self.index_more.val();
                    }
                }
                if self.body_end.val() {
                    self.master.d.next.good = self.body_good.val();
                    self.master.d.next.length = self.body_length.val();
                }
                self.master.d.next.ended = self.body_end.val();
                if self.master.q.val().ended & self.master.q.val().whole & (self.master.q.val().length >= self.read_bytes.val()) {
                    self.phase.d.next = Phase::Check;
                }
            }
            Phase::Check => {
                self.master.d.next.whole = false;
                self.master.d.next.ended = false;
                self.master.d.next.index = 0.into();
                self.master.d.next.byte = 0.into();
                self.master.d.next.words_left = 0.into();
                self.phase.d.next = Phase::SendSequence;
                if !self.master.q.val().good {
                    self.master.d.next.status = self.status_bad_crc.val();
                } else if (self.master.q.val().command != self.command_read.val())
                    & (self.master.q.val().command != self.command_write.val())
                {
                    self.master.d.next.status = self.status_bad_command.val();
                } else if self.count_bad.val() {
                    self.master.d.next.status = self.status_bad_length.val();
                } else {
                    self.master.d.next.status = self.status_ok.val();
                    self.master.d.next.words_left = self.master.q.val().count;
                    if self.master.q.val().command == self.command_write.val() {
                        self.phase.d.next = Phase::WriteFetch;
                    }
                }
            }
            Phase::WriteFetch => {
                // The RAM has the word in the next cycle.
                self.phase.d.next = Phase::WriteRequest;
            }
            Phase::WriteRequest => {
                self.bus_write.next = true;
                self.master.d.next.wait = self.bus_cycles.val();
                self.phase.d.next = Phase::WriteWait;
            }
            Phase::WriteWait => {
                self.master.d.next.wait = self.wait_less.val();
                if self.bus_done.val() {
                    self.master.d.next.words_left = self.words_less.val();
                    self.master.d.next.index = self.index_more.val();
                    self.master.d.next.address = self.address_more.val();
                    if self.bus_error.val() {
                        self.master.d.next.status = self.status_bad_address.val();
                        self.master.d.next.words_left = 0.into();
                        self.phase.d.next = Phase::SendSequence;
                    } else if self.words_less.val() == 0 {
                        self.phase.d.next = Phase::SendSequence;
                    } else {
                        self.phase.d.next = Phase::WriteFetch;
                    }
                } else if self.master.q.val().wait == 0 {
                    self.master.d.next.status = self.status_no_answer.val();
                    self.master.d.next.words_left = 0.into();
                    self.phase.d.next = Phase::SendSequence;
                }
            }
            Phase::SendSequence => {
                self.send_valid.next = true;
                if self.send_ready.val() {
                    self.phase.d.next = Phase::SendCommand;
                }
            }
            Phase::SendCommand => {
                self.send_data.next = self.master.q.val().command | self.response.val();
                self.send_valid.next = true;
                if self.send_ready.val() {
                    if self.master.q.val().words_left == 0 {
                        self.phase.d.next = Phase::SendStatus;
                    } else {
                        self.phase.d.next = Phase::ReadRequest;
                    }
                }
            }
            Phase::ReadRequest => {
                self.bus_read.next = true;
                self.master.d.next.wait = self.bus_cycles.val();
                self.phase.d.next = Phase::ReadWait;
            }
            Phase::ReadWait => {
                self.master.d.next.wait = self.wait_less.val();
                if self.bus_done.val() {
                    self.master.d.next.word = self.bus_read_data.val();
                    self.master.d.next.words_left = self.words_less.val();
                    self.master.d.next.address = self.address_more.val();
                    if self.bus_error.val() {
                        self.master.d.next.status = self.status_bad_address.val();
                        self.phase.d.next = Phase::SendStatus;
                    } else {
                        self.phase.d.next = Phase::SendWord;
                    }
                } else if self.master.q.val().wait == 0 {
                    self.master.d.next.status = self.status_no_answer.val();
                    self.phase.d.next = Phase::SendStatus;
                }
            }
            Phase::SendWord => {
                self.send_data.next = self.word.val().get_bits::<8>(0);
                self.send_valid.next = true;
                if self.send_ready.val() {
                    self.master.d.next.word = self.word.val() >> 8;
                    self.master.d.next.byte = self.byte_more.val();
                    if self.master.q.val().byte == 3 {
                        if self.master.q.val().words_left == 0 {
                            self.phase.d.next = Phase::SendStatus;
                        } else {
                            self.phase.d.next = Phase::ReadRequest;
                        }
                    }
                }
            }
            Phase::SendStatus => {
                self.send_data.next = self.master.q.val().status;
                self.send_valid.next = true;
                self.send_last.next = true;
                if self.send_ready.val() {
                    self.phase.d.next = Phase::Drain;
                }
            }
            Phase::Drain => {
                if !self.sender_busy.val() {
                    self.phase.d.next = Phase::Receive;
                }
            }
            _ => {
                self.phase.d.next = Phase::Receive;
            }
        }
    }

    spareband_hdl::module_name!();
}
