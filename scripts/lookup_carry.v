// For yosys' techmap: the carry of a narrow adder or comparator in lookup tables, where a chain would take more (`area.py --dense`).
(* techmap_celltype = "$lcu" *)
module lookup_carry (P, G, CI, CO);
  parameter WIDTH = 2;
  input [WIDTH-1:0] P, G;
  input CI;
  output [WIDTH-1:0] CO;
  genvar i;
  generate
    assign CO[0] = G[0] | (P[0] & CI);
    for (i = 1; i < WIDTH; i = i + 1) begin : step
      assign CO[i] = G[i] | (P[i] & CO[i-1]);
    end
  endgenerate
endmodule
