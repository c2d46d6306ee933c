# Clocks of the board-free blade: the transmit clock of both sides and the clock recovered from the backplane.
create_clock -name clk_blade_tx -period 8.000 [get_ports clk_blade_tx]
create_clock -name clk_blade_rx -period 8.000 [get_ports clk_blade_rx]
set_clock_groups -asynchronous -group clk_blade_tx -group clk_blade_rx
set_false_path -from [get_ports reset]
set_false_path -from [get_ports uart_rx]
set_false_path -from [get_ports uart_divisor]
set_false_path -to [get_ports uart_tx]
set_false_path -to [get_ports sync]
