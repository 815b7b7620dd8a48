//! `destination_adapter.h` (ABI 1.1) in Rust: as much of it as this adapter uses. The header says who owns what, which
//! thread calls, and in which order.
#![allow(dead_code)]

use std::ffi::c_void;

pub const MAGIC: u64 = 0x5450_4441_5453_4544;
pub const MAJOR: u32 = 1;
pub const MINOR: u32 = 1;

pub const OK: i32 = 0;
pub const FAILED: i32 = 1;
pub const INVALID: i32 = 2;
pub const UNAVAILABLE: i32 = 3;
pub const CANCELLED: i32 = 5;
pub const REFUSED: i32 = 8;

pub const DELIVERED: u32 = 1;
pub const RETRY: u32 = 2;
pub const REJECTED: u32 = 3;
pub const AUTH: u32 = 4;
pub const DUPLICATE: u32 = 5;
pub const WHOLE_DESTINATION: u32 = 1;

pub const SERVES_ALL: u32 = 0x7E;
pub const HOST_HTTP: u64 = 1;
pub const HTTP_1: &str = "host.http/1";

/// Bytes that somebody else owns.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Span {
    pub data: *const u8,
    pub length: usize,
}

impl Span {
    pub const fn of(text: &'static str) -> Span {
        Span { data: text.as_ptr(), length: text.len() }
    }

    pub fn from(bytes: &[u8]) -> Span {
        Span { data: bytes.as_ptr(), length: bytes.len() }
    }

    /// # Safety
    /// Only for as long as the call lasts that gave the span.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.data.is_null() || self.length == 0 {
            return &[];
        }
        unsafe { std::slice::from_raw_parts(self.data, self.length) }
    }
}

/// A caller's buffer for text that a call hands out.
#[repr(C)]
pub struct Text {
    pub data: *mut u8,
    pub capacity: usize,
    pub length: usize,
}

#[repr(C)]
pub struct Event {
    pub json: Span,
    pub id: Span,
    pub received_unix_ns: i64,
    pub kind: u32,
    pub attempt: u32,
    pub flags: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct Outcome {
    pub outcome: u32,
    pub remote_code: i32,
    pub retry_after_ms: u32,
    pub flags: u32,
}

#[repr(C)]
pub struct Batch {
    pub struct_size: u32,
    pub event_stride: u32,
    pub event_count: u32,
    pub result_stride: u32,
    pub events: *const Event,
    pub ndjson: Span,
    pub batch_id: u64,
    pub call_token: u64,
    pub deadline_mono_ns: u64,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub features: u64,
    pub context: *mut c_void,
    pub log: unsafe extern "C" fn(*const Host, u32, Span),
    pub detail: unsafe extern "C" fn(*const Host, u64, u32, Span),
    pub unix_ns: unsafe extern "C" fn(*const Host) -> i64,
    pub mono_ns: unsafe extern "C" fn(*const Host) -> u64,
    pub cancelled: unsafe extern "C" fn(*const Host, u64) -> u32,
    pub secret: unsafe extern "C" fn(*const Host, Span, *mut Text) -> i32,
    pub extension: unsafe extern "C" fn(*const Host, Span) -> *const c_void,
}

#[repr(C)]
pub struct Descriptor {
    pub struct_size: u32,
    pub event_types: u32,
    pub product: Span,
    pub version: Span,
    pub display_name: Span,
    pub settings_schema: Span,
    pub max_concurrency: u32,
    pub max_batch_events: u32,
    pub max_batch_bytes: u64,
    pub max_string_length: u64,
    pub required_host_features: u64,
    pub reserved: u64,
}

#[repr(C)]
pub struct Configuration {
    pub struct_size: u32,
    pub reserved: u32,
    pub settings: Span,
    pub destination_id: Span,
}

#[repr(C)]
pub struct Table {
    pub magic: u64,
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub abi_minor_required: u32,
    pub reserved: u64,
    pub context: *mut c_void,
    pub descriptor: *const Descriptor,
    pub create: unsafe extern "C" fn(*const Table, *const Host, *mut *mut c_void, *mut Text) -> i32,
    pub configure: unsafe extern "C" fn(*mut c_void, *const Configuration, *mut Text) -> i32,
    pub start: unsafe extern "C" fn(*mut c_void, *mut Text) -> i32,
    pub deliver: unsafe extern "C" fn(*mut c_void, *const Batch, *mut Outcome),
    pub flush: unsafe extern "C" fn(*mut c_void, u64, *mut Text) -> i32,
    pub cancel: unsafe extern "C" fn(*mut c_void, u64),
    pub stop: unsafe extern "C" fn(*mut c_void, u64),
    pub destroy: unsafe extern "C" fn(*mut c_void),
    pub extension: unsafe extern "C" fn(*const Table, Span) -> *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Header {
    pub name: Span,
    pub value: Span,
}

#[repr(C)]
pub struct Request {
    pub struct_size: u32,
    pub header_stride: u32,
    pub header_count: u32,
    pub body_stride: u32,
    pub body_count: u32,
    pub timeout_ms: u32,
    pub method: Span,
    pub url: Span,
    pub headers: *const Header,
    pub body: *const Span,
    pub call_token: u64,
}

#[repr(C)]
pub struct Response {
    pub struct_size: u32,
    pub status: u32,
    pub header_stride: u32,
    pub header_count: u32,
    pub headers: *const Header,
    pub body: Span,
}

pub type Receiver = unsafe extern "C" fn(*mut c_void, *const Response);

#[repr(C)]
pub struct Http {
    pub struct_size: u32,
    pub reserved: u32,
    pub send: unsafe extern "C" fn(*const Host, *const Request, Receiver, *mut c_void, *mut Text) -> i32,
}

/// What the library says of itself without running; `TEXT` is product and version with a NUL behind each.
#[repr(C, align(4))]
pub struct Note<const TEXT: usize> {
    pub name_size: u32,
    pub description_size: u32,
    pub kind: u32,
    pub name: [u8; 12],
    pub abi_major: u32,
    pub abi_minor_required: u32,
    pub text: [u8; TEXT],
}

impl<const TEXT: usize> Note<TEXT> {
    /// `text` is `"product\0version\0"`; `TEXT` its length, rounded up to a multiple of 4.
    pub const fn new(text: &str) -> Note<TEXT> {
        let mut bytes = [0; TEXT];
        let mut index = 0;
        while index < text.len() {
            bytes[index] = text.as_bytes()[index];
            index += 1;
        }
        Note {
            name_size: 12,
            description_size: 8 + TEXT as u32,
            kind: 1,
            name: *b"destadapter\0",
            abi_major: MAJOR,
            abi_minor_required: 0,
            text: bytes,
        }
    }
}

// A static table of pointers to what is static: nothing of it ever changes.
unsafe impl Sync for Table {}
unsafe impl Sync for Descriptor {}
unsafe impl Sync for Span {}

// The layout of 1.0, as the header asserts it.
const _: () = {
    use std::mem::size_of;
    assert!(size_of::<Event>() == 56 && size_of::<Outcome>() == 16 && size_of::<Batch>() == 64);
    assert!(size_of::<Host>() == 88 && size_of::<Descriptor>() == 112 && size_of::<Table>() == 120);
    assert!(size_of::<Configuration>() == 40 && size_of::<Request>() == 80);
    assert!(size_of::<Response>() == 40 && size_of::<Http>() == 16);
};
