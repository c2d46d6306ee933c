//! Captures: reading any classic pcap of Ethernet link type (micro- and nanoseconds, both byte orders), writing nanosecond ones.
use crate::error::{Error, Result};
use pcap_file::pcap::{PcapHeader, PcapReader, PcapWriter, RawPcapPacket};
use pcap_file::{DataLink, Endianness, PcapError, TsResolution};
use std::borrow::Cow;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

/// Longest record taken for one; tcpdump's own limit.
const LONGEST: u32 = 262_144;

#[derive(Debug, Clone)]
pub struct Packet {
    /// Nanoseconds since 1970 as the capture has it.
    pub time: u64,
    pub bytes: Vec<u8>,
    /// Length on the wire; more than `bytes` when the capture cut it.
    pub original_length: u32,
}

#[derive(Debug, Default)]
pub struct Capture {
    pub packets: Vec<Packet>,
    /// Packets of which the capture holds only the beginning.
    pub cut: usize,
}

/// Reads a capture; `limit` packets at most.
pub fn read(path: &Path, limit: usize) -> Result<Capture> {
    let bad = |why: String| Error::failed(format!("{}: {why}", path.display()));
    let mut file = File::open(path).map_err(|e| Error::io("open", path, &e))?;
    let mut magic = [0; 4];
    if file.read_exact(&mut magic).is_ok() && magic == [0x0A, 0x0D, 0x0D, 0x0A] {
        return Err(bad("a pcapng file; convert it with `editcap -F pcap IN OUT`".into()));
    }
    let file = File::open(path).map_err(|e| Error::io("open", path, &e))?;
    let mut reader = PcapReader::new(file).map_err(|e| match e {
        e if is_end(&e) => bad("truncated: shorter than a pcap file header".into()),
        PcapError::IoError(e) => Error::io("read", path, &e),
        _ => bad(format!("not a pcap file (it begins with {:02x?})", magic)),
    })?;
    let header = reader.header();
    if header.datalink != DataLink::ETHERNET {
        return Err(bad(format!(
            "link type {:?} ({}) is not Ethernet",
            header.datalink,
            u32::from(header.datalink)
        )));
    }
    let unit = if header.ts_resolution == TsResolution::NanoSecond {
        1
    } else {
        1000
    };
    let mut capture = Capture::default();
    while capture.packets.len() < limit {
        let number = capture.packets.len() + 1;
        let Some(record) = reader.next_raw_packet() else { break };
        let record = record.map_err(|e| match e {
            PcapError::IoError(ref io) if !is_end(&e) => Error::io("read", path, io),
            _ => bad(format!("truncated or damaged: record {number} ends before its data")),
        })?;
        if record.incl_len > LONGEST {
            return Err(bad(format!("damaged: record {number} says it is {} bytes long", record.incl_len)));
        }
        capture.cut += usize::from(record.orig_len > record.incl_len);
        capture.packets.push(Packet {
            time: u64::from(record.ts_sec) * 1_000_000_000 + u64::from(record.ts_frac) * unit,
            bytes: record.data.into_owned(),
            original_length: record.orig_len,
        });
    }
    Ok(capture)
}

/// Did the file end too early? The reader says it in two ways.
fn is_end(error: &PcapError) -> bool {
    match error {
        PcapError::IncompleteBuffer => true,
        PcapError::IoError(e) => e.kind() == std::io::ErrorKind::UnexpectedEof,
        _ => false,
    }
}

/// A capture being written; times in nanoseconds.
pub struct Writer {
    inner: PcapWriter<BufWriter<File>>,
}

impl Writer {
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(|e| Error::io("write", path, &e))?;
        let header = PcapHeader {
            snaplen: LONGEST,
            ts_resolution: TsResolution::NanoSecond,
            endianness: Endianness::Little,
            datalink: DataLink::ETHERNET,
            ..PcapHeader::default()
        };
        let inner = PcapWriter::with_header(BufWriter::new(file), header).map_err(|e| Error::failed(format!("{}: {e}", path.display())))?;
        Ok(Self { inner })
    }

    pub fn write(&mut self, time: u64, bytes: &[u8]) -> Result<()> {
        let record = RawPcapPacket {
            ts_sec: (time / 1_000_000_000) as u32,
            ts_frac: (time % 1_000_000_000) as u32,
            incl_len: bytes.len() as u32,
            orig_len: bytes.len() as u32,
            data: Cow::Borrowed(bytes),
        };
        self.inner
            .write_raw_packet(&record)
            .map_err(|e| Error::failed(format!("cannot write a capture: {e}")))?;
        Ok(())
    }

    /// Errors of the last bytes must not be lost in a drop.
    pub fn finish(self) -> Result<()> {
        self.inner
            .into_writer()
            .flush()
            .map_err(|e| Error::failed(format!("cannot write a capture: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn file(name: &str, bytes: &[u8]) -> PathBuf {
        let path = std::env::temp_dir().join(format!("spareband-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn sample(nanoseconds: bool, big: bool, link: u32) -> Vec<u8> {
        let word = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let half = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let mut out = word(if nanoseconds { 0xA1B2_3C4D } else { 0xA1B2_C3D4 }).to_vec();
        out.extend([half(2), half(4)].concat());
        out.extend([0, 0, 64, link].map(word).concat());
        // One whole packet, one that the snap length cut: orig_len above both incl_len and snaplen.
        out.extend([5, 7, 3, 3].map(word).concat());
        out.extend([1, 2, 3]);
        out.extend([6, 8, 64, 1500].map(word).concat());
        out.extend([9; 64]);
        out
    }

    #[test]
    fn both_orders_and_both_resolutions() {
        for (n, (nanoseconds, big)) in [(false, false), (false, true), (true, false), (true, true)].into_iter().enumerate() {
            let path = file(&format!("order{n}"), &sample(nanoseconds, big, 1));
            let capture = read(&path, usize::MAX).unwrap();
            assert_eq!((capture.packets.len(), capture.cut), (2, 1));
            assert_eq!(capture.packets[0].time, 5_000_000_000 + if nanoseconds { 7 } else { 7000 });
            assert_eq!(
                (&capture.packets[0].bytes[..], capture.packets[1].original_length),
                (&[1, 2, 3][..], 1500)
            );
            assert_eq!(read(&path, 1).unwrap().packets.len(), 1);
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn bad_files_are_named_with_their_fault() {
        let whole = sample(false, false, 1);
        let huge = [&whole[..32], &[0xFF, 0xFF, 0xFF, 0x7F], &whole[36..]].concat();
        for (name, bytes, expected) in [
            ("cut", &whole[..whole.len() - 1], "record 2 ends before its data"),
            ("head", &whole[..20], "truncated"),
            ("empty", &[][..], "truncated"),
            ("huge", &huge[..], "damaged"),
            ("raw", &sample(false, false, 101)[..], "(101) is not Ethernet"),
            ("text", &b"hello, this is no capture at all, only text"[..], "not a pcap file"),
            ("ng", &[0x0A, 0x0D, 0x0D, 0x0A, 0, 0, 0, 0][..], "pcapng"),
        ] {
            let path = file(name, bytes);
            let error = read(&path, usize::MAX).unwrap_err().to_string();
            assert!(
                error.contains(expected) && error.contains(name) && error.lines().count() == 1,
                "{name}: {error}"
            );
            std::fs::remove_file(path).unwrap();
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let path = file("write", &[]);
        let mut writer = Writer::create(&path).unwrap();
        writer.write(3_000_000_001, &[7; 9000]).unwrap();
        writer.finish().unwrap();
        let capture = read(&path, usize::MAX).unwrap();
        assert_eq!((capture.packets[0].time, capture.packets[0].bytes.len()), (3_000_000_001, 9000));
        std::fs::remove_file(path).unwrap();
    }
}
