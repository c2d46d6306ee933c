// For yosys' techmap: the reset of a register as asynchronous, so that no pass puts what else clears the register together with it. `area.py --dense`
// makes it synchronous again before flip-flops are mapped; no core has an asynchronous one of its own.
(* techmap_celltype = "$sdff" *)
module reset_apart (CLK, SRST, D, Q);
  parameter WIDTH = 1, CLK_POLARITY = 1, SRST_POLARITY = 1, SRST_VALUE = 0;
  input CLK, SRST;
  input [WIDTH-1:0] D;
  output [WIDTH-1:0] Q;
  \$adff #(.WIDTH(WIDTH), .CLK_POLARITY(CLK_POLARITY), .ARST_POLARITY(SRST_POLARITY), .ARST_VALUE(SRST_VALUE))
    _TECHMAP_REPLACE_ (.CLK(CLK), .ARST(SRST), .D(D), .Q(Q));
endmodule
