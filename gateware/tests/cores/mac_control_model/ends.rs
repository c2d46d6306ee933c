//! A link's ends as a port wires them: MAC and MAC Control sublayer.

use rust_hdl::prelude::*;
use spareband_gateware::mac::{Mac1g, Mac10g, MacControl1g, MacControl10g};

macro_rules! with_defaults {
    ($block:ident { $($field:ident: $value:expr,)* } $($default:ident)*) => {
        $block { $($field: $value,)* $($default: Default::default(),)* }
    };
}

#[derive(LogicBlock)]
pub struct End10g {
    pub tx_clk: Signal<In, Clock>,
    pub rx_clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub own_address: Signal<In, Bits<48>>,
    pub quanta: Signal<In, Bits<16>>,
    pub rx_enable: Signal<In, Bit>,
    pub tx_enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub link_up: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub request_priorities: Signal<In, Bits<8>>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<Out, Bit>,
    pub tx_data: Signal<In, Bits<64>>,
    pub tx_keep: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub tx_priority: Signal<In, Bits<3>>,
    pub tx_underrun: Signal<Out, Bit>,
    pub rx_valid: Signal<Out, Bit>,
    pub rx_data: Signal<Out, Bits<64>>,
    pub rx_keep: Signal<Out, Bits<8>>,
    pub rx_last: Signal<Out, Bit>,
    pub rx_error: Signal<Out, Bit>,
    pub rx_cause: Signal<Out, Bits<3>>,
    pub paused: Signal<Out, Bit>,
    pub paused_priorities: Signal<Out, Bits<8>>,
    pub pause_sent: Signal<Out, Bit>,
    pub pause_received: Signal<Out, Bit>,
    pub unsupported_opcode: Signal<Out, Bit>,
    pub xgmii_txd: Signal<Out, Bits<64>>,
    pub xgmii_txc: Signal<Out, Bits<8>>,
    pub xgmii_rxd: Signal<In, Bits<64>>,
    pub xgmii_rxc: Signal<In, Bits<8>>,
    mac: Mac10g,
    control: MacControl10g,
    longest: Constant<Bits<16>>,
}

impl Default for End10g {
    fn default() -> Self {
        with_defaults!(Self { longest: Constant::new(bits(2000)), }
            tx_clk rx_clk reset own_address quanta rx_enable tx_enable priority_mode link_up request request_priorities tx_valid tx_ready
            tx_data tx_keep tx_last tx_error tx_priority tx_underrun rx_valid rx_data rx_keep rx_last rx_error rx_cause paused
            paused_priorities pause_sent pause_received unsupported_opcode xgmii_txd xgmii_txc xgmii_rxd xgmii_rxc mac control)
    }
}

impl Logic for End10g {
    #[hdl_gen]
    fn update(&mut self) {
        self.mac.tx_clk.next = self.tx_clk.val();
        self.mac.rx_clk.next = self.rx_clk.val();
        self.mac.tx_rst.next = self.reset.val();
        self.mac.rx_rst.next = self.reset.val();
        self.mac.rx_max_length.next = self.longest.val();
        self.control.tx_clk.next = self.tx_clk.val();
        self.control.rx_clk.next = self.rx_clk.val();
        self.control.tx_reset.next = self.reset.val();
        self.control.rx_reset.next = self.reset.val();
        self.control.own_address.next = self.own_address.val();
        self.control.quanta.next = self.quanta.val();
        self.control.rx_enable.next = self.rx_enable.val();
        self.control.tx_enable.next = self.tx_enable.val();
        self.control.priority_mode.next = self.priority_mode.val();
        self.control.link_up.next = self.link_up.val();
        self.control.request.next = self.request.val();
        self.control.request_priorities.next = self.request_priorities.val();
        self.control.tx_valid.next = self.tx_valid.val();
        self.tx_ready.next = self.control.tx_ready.val();
        self.control.tx_data.next = self.tx_data.val();
        self.control.tx_keep.next = self.tx_keep.val();
        self.control.tx_last.next = self.tx_last.val();
        self.control.tx_error.next = self.tx_error.val();
        self.control.tx_priority.next = self.tx_priority.val();
        self.mac.tx_valid.next = self.control.mac_valid.val();
        self.control.mac_ready.next = self.mac.tx_ready.val();
        self.mac.tx_data.next = self.control.mac_data.val();
        self.mac.tx_keep.next = self.control.mac_keep.val();
        self.mac.tx_last.next = self.control.mac_last.val();
        self.mac.tx_error.next = self.control.mac_error.val();
        self.control.mac_idle.next = self.mac.tx_idle.val();
        self.tx_underrun.next = self.mac.tx_underrun.val();
        self.control.rx_valid.next = self.mac.rx_valid.val();
        self.control.rx_data.next = self.mac.rx_data.val();
        self.control.rx_last.next = self.mac.rx_last.val();
        self.control.rx_error.next = self.mac.rx_error.val();
        self.control.rx_cause.next = self.mac.rx_cause.val();
        self.rx_valid.next = self.mac.rx_valid.val();
        self.rx_data.next = self.mac.rx_data.val();
        self.rx_keep.next = self.mac.rx_keep.val();
        self.rx_last.next = self.mac.rx_last.val();
        self.rx_error.next = self.control.client_error.val();
        self.rx_cause.next = self.control.client_cause.val();
        self.paused.next = self.control.paused.val();
        self.paused_priorities.next = self.control.paused_priorities.val();
        self.pause_sent.next = self.control.pause_sent.val();
        self.pause_received.next = self.control.pause_received.val();
        self.unsupported_opcode.next = self.control.unsupported_opcode.val();
        self.xgmii_txd.next = self.mac.xgmii_txd.val();
        self.xgmii_txc.next = self.mac.xgmii_txc.val();
        self.mac.xgmii_rxd.next = self.xgmii_rxd.val();
        self.mac.xgmii_rxc.next = self.xgmii_rxc.val();
    }
    spareband_hdl::module_name!();
}

#[derive(LogicBlock)]
pub struct End1g {
    pub tx_clk: Signal<In, Clock>,
    pub rx_clk: Signal<In, Clock>,
    pub reset: Signal<In, Bit>,
    pub own_address: Signal<In, Bits<48>>,
    pub quanta: Signal<In, Bits<16>>,
    pub rx_enable: Signal<In, Bit>,
    pub tx_enable: Signal<In, Bit>,
    pub priority_mode: Signal<In, Bit>,
    pub link_up: Signal<In, Bit>,
    pub request: Signal<In, Bit>,
    pub request_priorities: Signal<In, Bits<8>>,
    pub tx_valid: Signal<In, Bit>,
    pub tx_ready: Signal<Out, Bit>,
    pub tx_data: Signal<In, Bits<8>>,
    pub tx_last: Signal<In, Bit>,
    pub tx_error: Signal<In, Bit>,
    pub tx_priority: Signal<In, Bits<3>>,
    pub tx_underrun: Signal<Out, Bit>,
    pub rx_valid: Signal<Out, Bit>,
    pub rx_data: Signal<Out, Bits<8>>,
    pub rx_last: Signal<Out, Bit>,
    pub rx_error: Signal<Out, Bit>,
    pub rx_cause: Signal<Out, Bits<3>>,
    pub paused: Signal<Out, Bit>,
    pub paused_priorities: Signal<Out, Bits<8>>,
    pub pause_sent: Signal<Out, Bit>,
    pub pause_received: Signal<Out, Bit>,
    pub unsupported_opcode: Signal<Out, Bit>,
    pub gmii_txd: Signal<Out, Bits<8>>,
    pub gmii_tx_en: Signal<Out, Bit>,
    pub gmii_tx_er: Signal<Out, Bit>,
    pub gmii_rxd: Signal<In, Bits<8>>,
    pub gmii_rx_dv: Signal<In, Bit>,
    pub gmii_rx_er: Signal<In, Bit>,
    mac: Mac1g,
    control: MacControl1g,
    longest: Constant<Bits<16>>,
}

impl Default for End1g {
    fn default() -> Self {
        with_defaults!(Self { longest: Constant::new(bits(2000)), }
            tx_clk rx_clk reset own_address quanta rx_enable tx_enable priority_mode link_up request request_priorities tx_valid tx_ready
            tx_data tx_last tx_error tx_priority tx_underrun rx_valid rx_data rx_last rx_error rx_cause paused
            paused_priorities pause_sent pause_received unsupported_opcode gmii_txd gmii_tx_en gmii_tx_er gmii_rxd gmii_rx_dv gmii_rx_er mac control)
    }
}

impl Logic for End1g {
    #[hdl_gen]
    fn update(&mut self) {
        self.mac.tx_clk.next = self.tx_clk.val();
        self.mac.rx_clk.next = self.rx_clk.val();
        self.mac.tx_reset.next = self.reset.val();
        self.mac.rx_reset.next = self.reset.val();
        self.mac.rx_max_length.next = self.longest.val();
        self.control.tx_clk.next = self.tx_clk.val();
        self.control.rx_clk.next = self.rx_clk.val();
        self.control.tx_reset.next = self.reset.val();
        self.control.rx_reset.next = self.reset.val();
        self.control.own_address.next = self.own_address.val();
        self.control.quanta.next = self.quanta.val();
        self.control.rx_enable.next = self.rx_enable.val();
        self.control.tx_enable.next = self.tx_enable.val();
        self.control.priority_mode.next = self.priority_mode.val();
        self.control.link_up.next = self.link_up.val();
        self.control.request.next = self.request.val();
        self.control.request_priorities.next = self.request_priorities.val();
        self.control.tx_valid.next = self.tx_valid.val();
        self.tx_ready.next = self.control.tx_ready.val();
        self.control.tx_data.next = self.tx_data.val();
        self.control.tx_last.next = self.tx_last.val();
        self.control.tx_error.next = self.tx_error.val();
        self.control.tx_priority.next = self.tx_priority.val();
        self.mac.tx_valid.next = self.control.mac_valid.val();
        self.control.mac_ready.next = self.mac.tx_ready.val();
        self.mac.tx_data.next = self.control.mac_data.val();
        self.mac.tx_last.next = self.control.mac_last.val();
        self.mac.tx_error.next = self.control.mac_error.val();
        self.control.mac_idle.next = self.mac.tx_idle.val();
        self.tx_underrun.next = self.mac.tx_underrun.val();
        self.control.rx_valid.next = self.mac.rx_valid.val();
        self.control.rx_data.next = self.mac.rx_data.val();
        self.control.rx_last.next = self.mac.rx_last.val();
        self.control.rx_error.next = self.mac.rx_error.val();
        self.control.rx_cause.next = self.mac.rx_cause.val();
        self.rx_valid.next = self.mac.rx_valid.val();
        self.rx_data.next = self.mac.rx_data.val();
        self.rx_last.next = self.mac.rx_last.val();
        self.rx_error.next = self.control.client_error.val();
        self.rx_cause.next = self.control.client_cause.val();
        self.paused.next = self.control.paused.val();
        self.paused_priorities.next = self.control.paused_priorities.val();
        self.pause_sent.next = self.control.pause_sent.val();
        self.pause_received.next = self.control.pause_received.val();
        self.unsupported_opcode.next = self.control.unsupported_opcode.val();
        self.gmii_txd.next = self.mac.gmii_txd.val();
        self.gmii_tx_en.next = self.mac.gmii_tx_en.val();
        self.gmii_tx_er.next = self.mac.gmii_tx_er.val();
        self.mac.gmii_rxd.next = self.gmii_rxd.val();
        self.mac.gmii_rx_dv.next = self.gmii_rx_dv.val();
        self.mac.gmii_rx_er.next = self.gmii_rx_er.val();
    }
    spareband_hdl::module_name!();
}
