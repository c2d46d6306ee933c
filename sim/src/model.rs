//! A compiled model at run time: the shared object, one instance of the circuit, typed ports.
//!
//! The only unsafe code of the crate is here. It rests on three facts: the shim's ABI version is checked at load time; a port handle is made
//! only when its Rust type is the one Verilator stores that width in; each handle shares ownership of the instance and of the library, and
//! none of them can leave the thread (`Rc`), so a pointer is never dangling and never written while another thread reads.
#![allow(unsafe_code)]
use crate::error::{Error, Result};
use crate::verilate::{ABI_VERSION, Direction};
use libloading::{Library, Symbol};
use std::ffi::{CStr, c_char, c_void};
use std::path::Path;
use std::rc::Rc;

#[repr(C)]
struct RawPort {
    name: *const c_char,
    width: u32,
    is_output: u32,
}

struct PortInfo {
    name: String,
    width: u32,
    direction: Direction,
}

/// A loaded shared object; makes any number of independent instances.
pub struct ModelLibrary {
    shared: Rc<Shared>,
}

struct Shared {
    name: String,
    ports: Vec<PortInfo>,
    new: unsafe extern "C" fn() -> *mut c_void,
    delete: unsafe extern "C" fn(*mut c_void),
    eval: unsafe extern "C" fn(*mut c_void),
    port: unsafe extern "C" fn(*mut c_void, u32) -> *mut c_void,
    previous: unsafe extern "C" fn(*mut c_void, u32) -> *mut c_void,
    /// Last: the code must outlive every pointer into it.
    _library: Library,
}

struct Instance {
    raw: *mut c_void,
    shared: Rc<Shared>,
}

impl Drop for Instance {
    fn drop(&mut self) {
        // SAFETY: `raw` came from this library's `spareband_new` and is deleted once.
        unsafe { (self.shared.delete)(self.raw) }
    }
}

/// One circuit.
pub struct Model {
    instance: Rc<Instance>,
    eval: unsafe extern "C" fn(*mut c_void),
    raw: *mut c_void,
}

/// The integer types Verilator keeps ports in.
pub trait Word: Copy {
    const BITS: u32;
}
impl Word for u8 {
    const BITS: u32 = 8;
}
impl Word for u16 {
    const BITS: u32 = 16;
}
impl Word for u32 {
    const BITS: u32 = 32;
}
impl Word for u64 {
    const BITS: u32 = 64;
}

pub struct Input<T> {
    pointer: *mut T,
    _keep: Rc<Instance>,
}

pub struct Output<T> {
    pointer: *const T,
    _keep: Rc<Instance>,
}

/// A clock input.
pub struct Clock {
    level: Input<u8>,
    /// Where the model remembers the level; null if falling edges must be evaluated.
    previous: *mut u8,
}

impl Clock {
    /// High from the next evaluation on.
    #[inline(always)]
    pub fn rise(&self) {
        self.level.set(1);
    }

    /// Low; counts at once if `falls_alone`, else from the next evaluation on.
    #[inline(always)]
    pub fn fall(&self) {
        self.level.set(0);
        if !self.previous.is_null() {
            // SAFETY: a byte of the same instance as `level`.
            unsafe { self.previous.write(0) }
        }
    }

    /// Whether a falling edge needs no evaluation.
    pub fn falls_alone(&self) -> bool {
        !self.previous.is_null()
    }
}

impl<T: Word> Input<T> {
    #[inline(always)]
    pub fn set(&self, value: T) {
        // SAFETY: see the head of the file.
        unsafe { self.pointer.write(value) }
    }
}

impl<T: Word> Output<T> {
    #[inline(always)]
    pub fn get(&self) -> T {
        // SAFETY: see the head of the file.
        unsafe { self.pointer.read() }
    }
}

impl ModelLibrary {
    /// Loads `FOLDER/NAME.so`.
    pub fn load(folder: &Path, name: &str) -> Result<Self> {
        let path = folder.join(format!("{name}.so"));
        if !path.exists() {
            return Err(Error::failed(format!(
                "no compiled model {}; run `make sim BLADES=N` for a chassis of N blades",
                path.display()
            )));
        }
        // A bare name would be searched in the system's folders.
        let path = path.canonicalize().map_err(|e| Error::io("open", &path, &e))?;
        let damaged =
            |why: &dyn std::fmt::Display| Error::failed(format!("cannot load {}: {why}; remove it and run `make sim`", path.display()));
        // SAFETY: the object is ours (made by `verilate`); its initialisers only set up C++ statics. The ABI is checked before use.
        unsafe {
            let library = Library::new(&path).map_err(|e| damaged(&e))?;
            let abi: Symbol<unsafe extern "C" fn() -> u32> = library.get(b"spareband_abi").map_err(|e| damaged(&e))?;
            if abi() != ABI_VERSION {
                return Err(damaged(&"it was made by another version of this program"));
            }
            let table: Symbol<unsafe extern "C" fn() -> *const RawPort> = library.get(b"spareband_ports").map_err(|e| damaged(&e))?;
            let mut ports = Vec::new();
            let mut at = table();
            while !(*at).name.is_null() {
                let port_name = CStr::from_ptr((*at).name).to_string_lossy().into_owned();
                let direction = if (*at).is_output == 1 { Direction::Out } else { Direction::In };
                ports.push(PortInfo {
                    name: port_name,
                    width: (*at).width,
                    direction,
                });
                at = at.add(1);
            }
            let new = *library.get(b"spareband_new").map_err(|e| damaged(&e))?;
            let delete = *library.get(b"spareband_delete").map_err(|e| damaged(&e))?;
            let eval = *library.get(b"spareband_eval").map_err(|e| damaged(&e))?;
            let port = *library.get(b"spareband_port").map_err(|e| damaged(&e))?;
            let previous = *library.get(b"spareband_previous").map_err(|e| damaged(&e))?;
            let shared = Shared {
                name: name.to_owned(),
                ports,
                new,
                delete,
                eval,
                port,
                previous,
                _library: library,
            };
            Ok(Self { shared: Rc::new(shared) })
        }
    }

    pub fn instantiate(&self) -> Result<Model> {
        // SAFETY: ABI checked; null means out of memory.
        let raw = unsafe { (self.shared.new)() };
        if raw.is_null() {
            return Err(Error::failed(format!("no memory for a model of {}", self.shared.name)));
        }
        let instance = Rc::new(Instance {
            raw,
            shared: Rc::clone(&self.shared),
        });
        let model = Model {
            instance,
            eval: self.shared.eval,
            raw,
        };
        // The first evaluation only notes the clocks' levels (all 0): without it the first rising edge would be missed.
        model.eval();
        Ok(model)
    }
}

impl Model {
    #[inline(always)]
    pub fn eval(&self) {
        // SAFETY: `raw` is alive as long as `self.instance`.
        unsafe { (self.eval)(self.raw) }
    }

    pub fn input<T: Word>(&self, name: &str) -> Result<Input<T>> {
        let pointer = self.pointer(name, Direction::In, T::BITS)?;
        Ok(Input {
            pointer: pointer.cast(),
            _keep: Rc::clone(&self.instance),
        })
    }

    pub fn clock(&self, name: &str) -> Result<Clock> {
        let level = self.input(name)?;
        let shared = &self.instance.shared;
        let index = shared.ports.iter().position(|p| p.name == name).unwrap_or(shared.ports.len());
        // SAFETY: ABI checked; any index is allowed.
        let previous = unsafe { (shared.previous)(self.raw, index as u32) }.cast();
        Ok(Clock { level, previous })
    }

    pub fn output<T: Word>(&self, name: &str) -> Result<Output<T>> {
        let pointer = self.pointer(name, Direction::Out, T::BITS)?;
        Ok(Output {
            pointer: pointer.cast_const().cast(),
            _keep: Rc::clone(&self.instance),
        })
    }

    pub fn has_port(&self, name: &str) -> bool {
        self.instance.shared.ports.iter().any(|p| p.name == name)
    }

    fn pointer(&self, name: &str, direction: Direction, storage: u32) -> Result<*mut c_void> {
        let shared = &self.instance.shared;
        let found = shared
            .ports
            .iter()
            .enumerate()
            .find(|(_, p)| p.name == name && p.direction == direction);
        let Some((index, port)) = found else {
            return Err(Error::failed(format!(
                "module {} has no port `{name}` ({direction:?}): the model and this program do not fit; run `make sim`",
                shared.name
            )));
        };
        let stored_in = port.width.next_power_of_two().max(8);
        if stored_in != storage {
            return Err(Error::failed(format!(
                "port `{name}` of {} is {} bits wide, kept in {stored_in}, not in {storage}",
                shared.name, port.width
            )));
        }
        // SAFETY: ABI checked; the index is below the length of the table.
        Ok(unsafe { (shared.port)(self.raw, index as u32) })
    }
}
