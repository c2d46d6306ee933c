//! Verilate a hand-made module and drive it: ports of every storage width, two instances that do not share state, the cache, clear errors.
use spareband_sim::model::ModelLibrary;
use spareband_sim::verilate::{Options, Outcome, verilate};
use std::path::{Path, PathBuf};

const VERILOG: &str = "module accumulator(input clk, input [7:0] a, input [9:0] b, input [31:0] c, input [47:0] d, output reg [47:0] sum,
    output reg [9:0] b_out);
initial begin sum = 48'd0; b_out = 10'd0; end
always @(posedge clk) begin sum <= sum + {40'd0, a} + {38'd0, b} + {16'd0, c} + d; b_out <= b; end
endmodule
";
const PORTS: &str = r#"{"module":"accumulator","ports":[
 {"name":"clk","dir":"in","width":1},{"name":"a","dir":"in","width":8},{"name":"b","dir":"in","width":10},
 {"name":"c","dir":"in","width":32},{"name":"d","dir":"in","width":48},{"name":"sum","dir":"out","width":48},
 {"name":"b_out","dir":"out","width":10}]}"#;

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("accumulator.v"), VERILOG).unwrap();
    std::fs::write(folder.join("accumulator.json"), PORTS).unwrap();
    folder
}

fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<_> = entries.map(|e| e.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn options(folder: &Path) -> Options {
    Options {
        verilog: folder.join("accumulator.v"),
        out: folder.join("sim"),
        jobs: 2,
        force: false,
    }
}

#[test]
fn a_module_is_compiled_once_and_two_instances_are_independent() {
    let folder = scratch("verilate_run");
    let out = folder.join("sim");
    assert!(matches!(verilate(&options(&folder)).unwrap(), Outcome::Built(_)));
    assert!(matches!(verilate(&options(&folder)).unwrap(), Outcome::Cached(_)));
    let files = files_in(&out);
    assert_eq!(files[..2], ["accumulator.key", "accumulator.so"]);
    assert!(
        files.len() == 3 && files[2].starts_with("verilated-"),
        "nothing else stays behind: {files:?}"
    );

    let library = ModelLibrary::load(&out, "accumulator").unwrap();
    let totals: Vec<u64> = (1..=2u64)
        .map(|which| {
            let model = library.instantiate().unwrap();
            let clk = model.clock("clk").unwrap();
            let (a, b) = (model.input::<u8>("a").unwrap(), model.input::<u16>("b").unwrap());
            let (c, d) = (model.input::<u32>("c").unwrap(), model.input::<u64>("d").unwrap());
            let (sum, b_out) = (model.output::<u64>("sum").unwrap(), model.output::<u16>("b_out").unwrap());
            for step in 0..100u64 {
                a.set(step as u8);
                b.set(1023 - step as u16);
                c.set(0xFFFF_0000);
                d.set(which << 40);
                clk.rise();
                model.eval();
                assert_eq!(u64::from(b_out.get()), 1023 - step, "inputs set with the edge are sampled by it");
                clk.fall();
                // The second instance leaves falling edges out, as the chassis does.
                if which == 1 || !clk.falls_alone() {
                    model.eval();
                }
            }
            sum.get()
        })
        .collect();
    let expected = |which: u64| (100 * (1023 + 0xFFFF_0000 + (which << 40))) & ((1 << 48) - 1);
    assert_eq!(totals, [expected(1), expected(2)]);

    let model = library.instantiate().unwrap();
    assert!(model.input::<u8>("b").is_err(), "10 bits are kept in 16");
    assert!(model.input::<u64>("sum").is_err(), "sum is an output");
    assert!(ModelLibrary::load(&out, "absent").err().unwrap().to_string().contains("make sim"));
}

#[test]
fn the_run_time_library_is_compiled_once_for_all_models() {
    let folder = scratch("verilate_library");
    let out = folder.join("sim");
    verilate(&options(&folder)).unwrap();
    let library = out.join(files_in(&out).pop().unwrap());
    let made = |name: &String| std::fs::metadata(library.join(name)).unwrap().modified().unwrap();
    let objects = files_in(&library);
    let before: Vec<_> = objects.iter().map(made).collect();
    assert!(objects.contains(&"verilated.o".to_owned()), "{objects:?}");

    std::fs::write(folder.join("accumulator.v"), VERILOG.replace("+ d;", "- d;")).unwrap();
    assert!(matches!(verilate(&options(&folder)).unwrap(), Outcome::Built(_)));
    assert_eq!(objects.iter().map(made).collect::<Vec<_>>(), before);
    let model = ModelLibrary::load(&out, "accumulator").unwrap().instantiate().unwrap();
    model.input::<u64>("d").unwrap().set(1);
    model.clock("clk").unwrap().rise();
    model.eval();
    assert_eq!(model.output::<u64>("sum").unwrap().get(), (1 << 48) - 1, "the model is the new one");
}

#[test]
fn what_verilator_says_reaches_the_user_and_nothing_stays() {
    let folder = scratch("verilate_error");
    std::fs::write(folder.join("accumulator.v"), "module accumulator(input clk;\nendmodule\n").unwrap();
    let error = verilate(&options(&folder)).unwrap_err().to_string();
    assert!(error.contains("verilator failed") && error.contains("accumulator.v:1"), "{error}");
    assert_eq!(std::fs::read_dir(folder.join("sim")).unwrap().count(), 0);
}
