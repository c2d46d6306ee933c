# Clocks of the board-free manager. The four kinds of clock are asynchronous to each other: every crossing is one of the
# clock-domain parts of gateware/hdl, which need no more than that their first flip-flop is not timed from the other side.
create_clock -name clk_core -period 6.400 [get_ports clk_core]
create_clock -name clk_uplink_rx -period 6.400 [get_ports clk_uplink_rx]
create_clock -name clk_blade_tx -period 8.000 [get_ports clk_blade_tx]
set blade_rx {}
foreach_in_collection port [get_ports clk_blade_rx_*] {
  set name [get_property $port full_name]
  create_clock -name $name -period 8.000 $port
  lappend blade_rx -group $name
}
set_clock_groups -asynchronous -group clk_core -group clk_uplink_rx -group clk_blade_tx {*}$blade_rx
set_false_path -from [get_ports reset]
set_false_path -from [get_ports uart_rx]
set_false_path -from [get_ports uart_divisor]
set_false_path -to [get_ports uart_tx]
