//! The part as Verilog.

use super::PagedFrameFifo;
use crate::parts::text::{count_up, zero_extend};

impl<const D: usize, const A: usize> PagedFrameFifo<D, A> {
    pub(super) fn verilog() -> String {
        let declared = ["a", "b"].map(Self::declarations).concat();
        let writers = ["a", "b"].map(Self::writer).concat();
        let banks = ["even", "odd"].map(Self::bank).concat();
        let readers = ["a", "b"].map(Self::reader).concat();
        [declared, Self::pages(), writers, banks, Self::step(), readers, Self::fetch()].concat()
    }

    /// Registers of one stream.
    fn declarations(s: &str) -> String {
        let zero = format!("{A}'d0");
        let no_page = format!("{}'d0", Self::PAGE_BITS);
        let last_taken = format!("{}'d{}", Self::PAGE_BITS, Self::PAGES - 1);
        format!(
            "reg [{top}:0] {s}_pointer;
reg [{top}:0] {s}_frame_start;
reg [{top}:0] {s}_frame_count;
reg [{top}:0] {s}_frame_gray;
reg [2:0] {s}_frames_kept;
reg {s}_page_short;
reg {s}_start_short;
reg {s}_swallowing;
(* ASYNC_REG = \"TRUE\", keep *) reg [{top}:0] {s}_read_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{top}:0] {s}_read_gray_second;
reg [{top}:0] {s}_read_seen;
reg [{page_top}:0] {s}_page_map [0:{last_page}];
reg [{page_top}:0] {s}_pages_taken;
reg [{page_top}:0] {s}_pages_last;
reg [{page_top}:0] {s}_pages_left;
reg {s}_takes_page;
reg {s}_returns_page;
reg {s}_leaves_page;
reg [{top}:0] {s}_read_pointer;
reg [{top}:0] {s}_read_gray;
(* ASYNC_REG = \"TRUE\", keep *) reg [{top}:0] {s}_frame_gray_first;
(* ASYNC_REG = \"TRUE\", keep *) reg [{top}:0] {s}_frame_gray_second;
reg [{top}:0] {s}_frames_read;
reg {s}_frame_waits;
initial begin
  {s}_pointer = {zero};
  {s}_frame_start = {zero};
  {s}_frame_count = {zero};
  {s}_frame_gray = {zero};
  {s}_frames_kept = 3'd0;
  {s}_page_short = 1'b1;
  {s}_start_short = 1'b1;
  {s}_swallowing = 1'b0;
  {s}_read_gray_first = {zero};
  {s}_read_gray_second = {zero};
  {s}_read_seen = {zero};
  {s}_pages_taken = {no_page};
  {s}_pages_last = {last_taken};
  {s}_pages_left = {no_page};
  {s}_takes_page = 1'b0;
  {s}_returns_page = 1'b0;
  {s}_leaves_page = 1'b0;
  {s}_overflow = 1'b0;
  {s}_level = 16'd0;
  {s}_read_pointer = {zero};
  {s}_read_gray = {zero};
  {s}_frame_gray_first = {zero};
  {s}_frame_gray_second = {zero};
  {s}_frames_read = {zero};
  {s}_frame_waits = 1'b0;
end
",
            top = A - 1,
            page_top = Self::PAGE_BITS - 1,
            last_page = Self::PAGES - 1,
        )
    }

    /// Pages on their way between the streams and the free ones. Before all were taken once, the free ones have their places' numbers.
    fn pages() -> String {
        let full = format!("{}'d{}", Self::PAGE_BITS + 1, Self::PAGES);
        let empty = format!("{}'d0", Self::PAGE_BITS + 1);
        let free_put_more = count_up("free_put", Self::PAGE_BITS + 1, "page_returns");
        let free_get_more = count_up("free_get", Self::PAGE_BITS + 1, "take_page");
        let zero = format!("{}'d0", Self::PAGE_BITS);
        let one = format!("{}'d1", Self::PAGE_BITS);
        format!(
            "
reg [{top}:0] free_pages [0:{last}];
reg [{bits}:0] free_put;
reg [{bits}:0] free_get;
reg free_written;
reg turn_second;
reg page_returns;
reg return_second;
reg [{top}:0] return_index;
initial begin
  free_put = {full};
  free_get = {empty};
  free_written = 1'b0;
  turn_second = 1'b0;
  page_returns = 1'b0;
  return_second = 1'b0;
  return_index = {zero};
end
wire take_page = (turn_second ? b_takes_page : a_takes_page) & (free_get != free_put);
wire give_page = ~take_page & (turn_second ? b_returns_page : a_returns_page);
wire leave_page = ~take_page & ~give_page & (turn_second ? b_leaves_page : a_leaves_page);
wire [{top}:0] turn_taken = turn_second ? b_pages_taken : a_pages_taken;
wire [{top}:0] taken_behind = turn_taken + {one};
wire [{top}:0] turn_last = turn_second ? b_pages_last : a_pages_last;
wire [{top}:0] last_before = turn_last - {one};
wire [{top}:0] turn_left = turn_second ? b_pages_left : a_pages_left;
wire [{top}:0] left_behind = turn_left + {one};
wire [{top}:0] page_free = free_written ? free_pages[free_get[{top}:0]] : free_get[{top}:0];
always @(posedge write_clk) begin
  if (page_returns) free_pages[free_put[{top}:0]] <= return_second ? b_page_map[return_index] : a_page_map[return_index];
  return_second <= turn_second;
  return_index <= give_page ? turn_last : turn_left;
  if (write_reset) begin
    free_put <= {full};
    free_get <= {empty};
    free_written <= 1'b0;
    turn_second <= 1'b0;
    page_returns <= 1'b0;
  end else begin
    free_put <= {free_put_more};
    free_get <= {free_get_more};
    if (take_page & (&free_get[{top}:0])) free_written <= 1'b1;
    turn_second <= ~turn_second;
    page_returns <= give_page | leave_page;
  end
end
",
            top = Self::PAGE_BITS - 1,
            bits = Self::PAGE_BITS,
            last = Self::PAGES - 1,
        )
    }

    fn writer(s: &str) -> String {
        let binary: String = (0..A)
            .map(|bit| format!("assign {s}_read_arrived[{bit}] = ^{s}_read_gray_second[{}:{bit}];\n", A - 1))
            .collect();
        let turn = if s == "a" { "~turn_second" } else { "turn_second" };
        let zero = format!("{A}'d0");
        let one = format!("{A}'d1");
        let no_page = format!("{}'d0", Self::PAGE_BITS);
        let most = format!("{}'d{}", Self::PAGE_BITS, Self::MOST_PAGES);
        let last_taken = format!("{}'d{}", Self::PAGE_BITS, Self::PAGES - 1);
        let level = zero_extend(&format!("{s}_words_inside"), A, 16);
        format!(
            "
wire {s}_swallow = {s}_write & ({s}_page_short | {s}_swallowing);
wire {s}_store = {s}_write & ~{s}_page_short & ~{s}_swallowing & (~{s}_last | {s}_commit);
wire {s}_keep = {s}_commit & ~{s}_page_short & ~{s}_swallowing;
wire {s}_roll_back = {s}_swallow | ({s}_write & {s}_last & ~{s}_commit);
wire [{top}:0] {s}_pointer_next = {s}_pointer + {one};
wire [{top}:0] {s}_frame_count_next = {s}_frame_count + {one};
wire {s}_page_fresh = ~|{s}_pointer[{offset_top}:0];
wire {s}_page_taken = {s}_pointer[{top}:{offset}] == {s}_pages_taken;
wire {s}_page_last = {s}_pointer[{top}:{offset}] == {s}_pages_last;
// Where pages that are held end: here, behind the next word, where the frame began; the last as of the cycle before, a register.
wire {s}_end_here = {s}_page_fresh & {s}_page_taken;
wire {s}_end_next = (&{s}_pointer[{offset_top}:0]) & {s}_page_last;
wire {s}_end_at_start = {s}_keep ? {s}_end_next : ~|{s}_frame_start[{offset_top}:0] & ({s}_frame_start[{top}:{offset}] == {s}_pages_taken);
wire [{page_top}:0] {s}_pages_behind = {s}_pages_last - {s}_pointer[{top}:{offset}];
wire [{page_top}:0] {s}_pages_held = {s}_pages_taken - {s}_pages_left;
wire [{top}:0] {s}_words_inside = {s}_pointer - {s}_read_seen;
wire [{top}:0] {s}_read_arrived;
{binary}wire [{address_top}:0] {s}_address_now = {{{s}_page_map[{s}_pointer[{top}:{offset}]], {s}_pointer[{offset_top}:1]}};
always @(posedge write_clk) begin
  if (take_page & {turn}) {s}_page_map[{s}_pages_taken] <= page_free;
  {s}_read_gray_first <= {s}_read_gray;
  {s}_read_gray_second <= {s}_read_gray_first;
  {s}_read_seen <= {s}_read_arrived;
  if (write_reset) begin
    {s}_pointer <= {zero};
    {s}_frame_start <= {zero};
    {s}_frame_count <= {zero};
    {s}_frame_gray <= {zero};
    {s}_frames_kept <= 3'd0;
    {s}_page_short <= 1'b1;
    {s}_start_short <= 1'b1;
    {s}_swallowing <= 1'b0;
    {s}_pages_taken <= {no_page};
    {s}_pages_last <= {last_taken};
    {s}_pages_left <= {no_page};
    {s}_takes_page <= 1'b0;
    {s}_returns_page <= 1'b0;
    {s}_leaves_page <= 1'b0;
    {s}_overflow <= 1'b0;
    {s}_level <= 16'd0;
  end else begin
    if ({s}_roll_back) {s}_pointer <= {s}_frame_start;
    else if ({s}_store) {s}_pointer <= {s}_pointer_next;
    if ({s}_keep) {s}_frame_start <= {s}_pointer_next;
    {s}_frames_kept <= {{{s}_frames_kept[1:0], {s}_keep}};
    if ({s}_frames_kept[2]) begin
      {s}_frame_count <= {s}_frame_count_next;
      {s}_frame_gray <= {s}_frame_count_next ^ ({s}_frame_count_next >> 1);
    end
    {s}_start_short <= {s}_end_at_start;
    {s}_page_short <= {s}_roll_back ? {s}_start_short : {s}_store ? {s}_end_next : {s}_end_here;
    {s}_swallowing <= ({s}_swallowing | {s}_swallow) & ~({s}_write & {s}_last);
    {s}_overflow <= {s}_swallow & {s}_last;
    {s}_level <= {level};
    {s}_takes_page <= ({s}_page_fresh ? {s}_page_taken : {s}_page_last) & ({s}_pages_held != {most});
    {s}_returns_page <= {s}_page_fresh ? ~{s}_page_taken & ~{s}_page_last : |{s}_pages_behind[{page_top}:1];
    {s}_leaves_page <= {s}_pages_left != {s}_read_seen[{top}:{offset}];
    if (take_page & {turn}) begin
      {s}_pages_taken <= taken_behind;
      {s}_pages_last <= turn_taken;
    end
    if (give_page & {turn}) begin
      {s}_pages_taken <= turn_last;
      {s}_pages_last <= last_before;
    end
    if (leave_page & {turn}) {s}_pages_left <= left_behind;
  end
end
",
            top = A - 1,
            page_top = Self::PAGE_BITS - 1,
            offset = Self::OFFSET_BITS,
            offset_top = Self::OFFSET_BITS - 1,
            address_top = A - 2,
        )
    }

    /// One half of the memory.
    fn bank(bank: &str) -> String {
        let (a_here, b_here) = match bank {
            "even" => ("~a_pointer[0]", "~b_pointer[0]"),
            _ => ("a_pointer[0]", "b_pointer[0]"),
        };
        let shared = match bank {
            "even" => format!(
                "
// It is loaded by its own stream alone, so that queues which see the same words each have one, near their memory.
reg [{D}:0] first_word;
reg [{address_top}:0] first_address;
reg [{address_top}:0] read_address;
always @(posedge write_clk) begin
  if (a_load) first_word <= {{a_last, a_data}};
  first_address <= a_address_now;
end
",
                address_top = A - 2
            ),
            _ => String::new(),
        };
        format!(
            "{shared}
reg [{D}:0] {bank}_memory [0:{last}];
reg [{D}:0] {bank}_second_word;
reg [{address_top}:0] {bank}_second_address;
reg {bank}_first_writes;
reg {bank}_second_waits;
reg [{D}:0] {bank}_write_word;
reg [{address_top}:0] {bank}_write_address;
reg {bank}_writes;
reg [{D}:0] {bank}_ram_word;
initial begin
  {bank}_first_writes = 1'b0;
  {bank}_second_waits = 1'b0;
  {bank}_writes = 1'b0;
end
always @(posedge write_clk) begin
  {bank}_write_word <= {bank}_first_writes ? first_word : {bank}_second_word;
  {bank}_write_address <= {bank}_first_writes ? first_address : {bank}_second_address;
  {bank}_writes <= ~write_reset & ({bank}_first_writes | {bank}_second_waits);
  if ({bank}_writes) {bank}_memory[{bank}_write_address] <= {bank}_write_word;
  if (b_write & {b_here}) begin
    {bank}_second_word <= {{b_last, b_data}};
    {bank}_second_address <= b_address_now;
  end
  {bank}_first_writes <= ~write_reset & a_store & {a_here};
  {bank}_second_waits <= ~write_reset & ((b_store & {b_here}) | ({bank}_second_waits & {bank}_first_writes));
end
always @(posedge read_clk) {bank}_ram_word <= {bank}_memory[read_address];
",
            last = (1 << (A - 1)) - 1,
            address_top = A - 2,
        )
    }

    fn reader(s: &str) -> String {
        let mine = if s == "a" { "~read_second" } else { "read_second" };
        let zero = format!("{A}'d0");
        let one = format!("{A}'d1");
        format!(
            "
wire [{top}:0] {s}_read_pointer_next = {s}_read_pointer + {one};
wire {s}_word_read = load_word & {mine};
wire [{address_top}:0] {s}_read_address = {{{s}_page_map[{s}_read_pointer[{top}:{offset}]], {s}_read_pointer[{offset_top}:1]}};
always @(posedge read_clk) begin
  {s}_frame_gray_first <= {s}_frame_gray;
  {s}_frame_gray_second <= {s}_frame_gray_first;
  if (read_reset) begin
    {s}_read_pointer <= {zero};
    {s}_read_gray <= {zero};
    {s}_frames_read <= {zero};
    {s}_frame_waits <= 1'b0;
  end else begin
    if ({s}_word_read) begin
      {s}_read_pointer <= {s}_read_pointer_next;
      {s}_read_gray <= {s}_read_pointer_next ^ ({s}_read_pointer_next >> 1);
    end
    if (frame_ends & {mine}) {s}_frames_read <= {s}_frames_read + {one};
    {s}_frame_waits <= ({s}_frames_read ^ ({s}_frames_read >> 1)) != {s}_frame_gray_second;
  end
end
",
            top = A - 1,
            offset = Self::OFFSET_BITS,
            offset_top = Self::OFFSET_BITS - 1,
            address_top = A - 2,
        )
    }

    /// A word's address, the word, its way out, and whether it was a frame's last one; then another cycle until it is known what waits.
    fn step() -> String {
        format!(
            "
localparam [1:0] CHOOSE = 2'd0;
localparam [1:0] FETCH = 2'd1;
localparam [1:0] LOAD = 2'd2;
localparam [1:0] SETTLE = 2'd3;
reg [1:0] read_step;
reg read_inside;
reg read_second;
reg read_odd;
initial begin
  read_step = CHOOSE;
  read_inside = 1'b0;
  read_second = 1'b0;
  read_odd = 1'b0;
  frame_available = 1'b0;
  read_data = {D}'h0;
  read_last = 1'b0;
end
wire [{D}:0] ram_word = read_odd ? odd_ram_word : even_ram_word;
wire load_word = (read_step == LOAD) & ~frame_available;
wire frame_ends = (read_step == SETTLE) & read_inside & read_last;
wire choose_second = read_inside ? read_second : b_frame_waits & (~read_second | ~a_frame_waits);
wire choose_word = (read_step == CHOOSE) & (read_inside | a_frame_waits | b_frame_waits);
"
        )
    }

    fn fetch() -> String {
        format!(
            "
always @(posedge read_clk) begin
  if (choose_word) begin
    read_address <= choose_second ? b_read_address : a_read_address;
    read_odd <= choose_second ? b_read_pointer[0] : a_read_pointer[0];
  end
  if (load_word) begin
    read_last <= ram_word[{D}];
    read_data <= ram_word[{data_top}:0];
  end
  if (read_reset) begin
    read_step <= CHOOSE;
    read_inside <= 1'b0;
    read_second <= 1'b0;
    frame_available <= 1'b0;
  end else begin
    case (read_step)
      CHOOSE: if (choose_word) begin
        read_step <= FETCH;
        read_inside <= 1'b1;
        read_second <= choose_second;
      end
      FETCH: read_step <= LOAD;
      LOAD: if (load_word) read_step <= SETTLE;
      default: begin
        if (~frame_ends) read_step <= CHOOSE;
        if (frame_ends) read_inside <= 1'b0;
      end
    endcase
    frame_available <= load_word | (frame_available & ~read);
  end
end
",
            data_top = D - 1,
        )
    }
}
