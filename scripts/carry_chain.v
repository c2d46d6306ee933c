// For yosys' techmap: a carry chain of an ECP5 whose first half makes the carry in and whose last half leads the carry out (`area.py --dense`).
// nextpnr does each of these with an element of its own, where a chain takes its carry from a net or gives it to one; so it gets neither. Halves
// in turn: carry in, bits from the lowest on, carry out; where nothing uses that, yosys takes it away.
(* techmap_celltype = "$alu" *)
module carry_chain(A, B, CI, BI, X, Y, CO);
  parameter A_SIGNED = 0;
  parameter B_SIGNED = 0;
  parameter A_WIDTH = 1;
  parameter B_WIDTH = 1;
  parameter Y_WIDTH = 1;
  (* force_downto *) input [A_WIDTH-1:0] A;
  (* force_downto *) input [B_WIDTH-1:0] B;
  input CI, BI;
  (* force_downto *) output [Y_WIDTH-1:0] X, Y, CO;
  localparam PAIRS = (Y_WIDTH + 3) / 2;
  // Sum of three and, for the carry, the first of them: the same in all halves.
  localparam ADD = 16'h96aa;
  (* force_downto *) wire [Y_WIDTH-1:0] a, b;
  \$pos #(.A_SIGNED(A_SIGNED), .A_WIDTH(A_WIDTH), .Y_WIDTH(Y_WIDTH)) widen_a(.A(A), .Y(a));
  \$pos #(.A_SIGNED(B_SIGNED), .A_WIDTH(B_WIDTH), .Y_WIDTH(Y_WIDTH)) widen_b(.A(B), .Y(b));
  // What each half adds. The carry in is added to itself: it gives a carry of its own whatever comes from below; above the bits nothing is added.
  (* force_downto *) wire [2*PAIRS-1:0] first = {a, CI}, second = {b, CI}, third = {{Y_WIDTH{BI}}, 1'b0}, sum;
  (* force_downto *) wire [PAIRS:0] carry;
  (* force_downto *) wire [Y_WIDTH:0] carries;
  assign carry[0] = 1'b0;
  assign carries[0] = CI;
  genvar i;
  generate
    for (i = 0; i < PAIRS; i = i + 1) begin : pair
      CCU2C #(.INIT0(ADD), .INIT1(ADD), .INJECT1_0("NO"), .INJECT1_1("NO")) element(
        .CIN(carry[i]), .COUT(carry[i+1]),
        .A0(first[2*i]), .B0(second[2*i]), .C0(third[2*i]), .D0(1'b1), .S0(sum[2*i]),
        .A1(first[2*i+1]), .B1(second[2*i+1]), .C1(third[2*i+1]), .D1(1'b1), .S1(sum[2*i+1])
      );
    end
    // Carries within the chain: from its elements and a lookup table each.
    for (i = 1; i < Y_WIDTH; i = i + 1) begin : inner
      if (i % 2 == 1)
        assign carries[i] = carry[(i+1)/2];
      else
        assign carries[i] = (a[i-1] & (b[i-1] ^ BI)) | (carries[i-1] & (a[i-1] | (b[i-1] ^ BI)));
    end
  endgenerate
  assign carries[Y_WIDTH] = sum[Y_WIDTH+1];
  assign X = a ^ b ^ {Y_WIDTH{BI}};
  assign Y = sum[Y_WIDTH:1];
  assign CO = carries[Y_WIDTH:1];
endmodule
