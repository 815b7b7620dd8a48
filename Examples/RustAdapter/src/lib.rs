//! Collector: sends every batch of events to a URL, one event a line.
//!
//! The host sends the requests (`host.http/1`): this library opens no socket, and never has the token. Where a request
//! is refused for what it holds, its halves are sent, until the event that the destination does not take is found.

pub mod abi;
mod retry_after;

use abi::*;
use std::ffi::c_void;
use std::ptr;

const PRODUCT: &str = "com.example.collector";
const VERSION: &str = "1.0.0";
const NOTE_TEXT: &str = "com.example.collector\01.0.0\0";

/// Seen by a host that does not run this library; the linker keeps it.
#[used]
#[link_section = ".note.destadapter"]
static NOTE: Note<{ NOTE_TEXT.len().next_multiple_of(4) }> = Note::new(NOTE_TEXT);

struct Adapter {
    host: *const Host,
    http: *const Http,
    url: String,
}

/// What one request brought.
#[derive(Default)]
struct Answer {
    /// 0 = no answer came.
    status: u32,
    retry_after_ms: u32,
    /// Seconds since 1970.
    now: i64,
}

// MARK: - The calls

unsafe extern "C" fn create(
    _: *const Table, host: *const Host, instance: *mut *mut c_void, _: *mut Text,
) -> i32 {
    let http = unsafe { ((*host).extension)(host, Span::of(HTTP_1)) } as *const Http;
    let adapter = Box::new(Adapter { host, http, url: String::new() });
    unsafe { *instance = Box::into_raw(adapter) as *mut c_void };
    OK
}

unsafe extern "C" fn configure(
    instance: *mut c_void, configuration: *const Configuration, problem: *mut Text,
) -> i32 {
    let adapter = unsafe { &mut *(instance as *mut Adapter) };
    match url(unsafe { (*configuration).settings.bytes() }) {
        Ok(url) => adapter.url = url,
        Err(sentence) => return fail(problem, INVALID, sentence),
    }
    OK
}

unsafe extern "C" fn start(instance: *mut c_void, problem: *mut Text) -> i32 {
    let adapter = unsafe { &*(instance as *const Adapter) };
    if adapter.http.is_null() {
        return fail(problem, INVALID, "the host sends no HTTP requests. Use a newer host.");
    }
    OK
}

unsafe extern "C" fn deliver(instance: *mut c_void, batch: *const Batch, results: *mut Outcome) {
    let adapter = unsafe { &*(instance as *const Adapter) };
    let batch = unsafe { &*batch };
    if batch.event_count > 0 {
        adapter.deliver(batch, results as *mut u8, 0, batch.event_count as usize);
    }
}

/// Nothing is kept back: what was reported as delivered has arrived.
unsafe extern "C" fn flush(_: *mut c_void, _: u64, _: *mut Text) -> i32 {
    OK
}

/// The host ends the request of a call that is called off.
unsafe extern "C" fn cancel(_: *mut c_void, _: u64) {}

unsafe extern "C" fn stop(_: *mut c_void, _: u64) {}

unsafe extern "C" fn destroy(instance: *mut c_void) {
    drop(unsafe { Box::from_raw(instance as *mut Adapter) });
}

unsafe extern "C" fn extension(_: *const Table, _: Span) -> *const c_void {
    ptr::null()
}

// MARK: - Settings

/// The settings are {"url":"..."} and nothing else: the schema says so. With more of them, use a JSON parser.
fn url(settings: &[u8]) -> Result<String, &'static str> {
    let needed = "settings: \"url\" is needed, a text, and no other setting. Set it.";
    let wrong = "settings, \"url\": it is no URL. Write it whole, with https://.";
    let mut rest = std::str::from_utf8(settings).map_err(|_| needed)?;
    for word in ["{", "\"url\"", ":", "\""] {
        rest = rest.trim_start().strip_prefix(word).ok_or(needed)?;
    }
    let (value, rest) = rest.split_once('"').ok_or(wrong)?;
    let value = value.replace("\\/", "/");
    let is_url = value.starts_with("https://") || value.starts_with("http://");
    if rest.trim() != "}" || value.contains('\\') || !is_url {
        return Err(wrong);
    }
    Ok(value)
}

/// Says in one sentence why a call failed.
fn fail(problem: *mut Text, status: i32, sentence: &str) -> i32 {
    if let Some(problem) = unsafe { problem.as_mut() } {
        let fits = sentence.len().min(problem.capacity);
        if fits > 0 {
            unsafe { ptr::copy_nonoverlapping(sentence.as_ptr(), problem.data, fits) };
        }
        problem.length = sentence.len();
    }
    status
}

// MARK: - Delivering

impl Adapter {
    fn deliver(&self, batch: &Batch, results: *mut u8, first: usize, count: usize) {
        let cancelled = unsafe { ((*self.host).cancelled)(self.host, batch.call_token) } != 0;
        let (answer, code) = match cancelled {
            true => (Answer::default(), CANCELLED),
            false => self.post(batch, first, count),
        };
        if count > 1 && [400, 413, 422].contains(&answer.status) {
            self.deliver(batch, results, first, count / 2);
            self.deliver(batch, results, first + count / 2, count - count / 2);
            return;
        }
        let outcome = outcome(&answer, code);
        for index in first..first + count {
            // By the stride: a later host's results may be larger than this header's.
            let place = unsafe { results.add(index * batch.result_stride as usize) };
            unsafe { ptr::write_unaligned(place as *mut Outcome, outcome) };
        }
    }

    /// Sends `count` events from `first` on, one a line.
    fn post(&self, batch: &Batch, first: usize, count: usize) -> (Answer, i32) {
        let mut body = Vec::with_capacity(2 * count);
        for index in first..first + count {
            let place = unsafe { (batch.events as *const u8).add(index * batch.event_stride as usize) };
            body.push(unsafe { (*(place as *const Event)).json });
            body.push(Span::of("\n"));
        }
        // The host puts the token in.
        let headers = [
            Header { name: Span::of("Content-Type"), value: Span::of("application/x-ndjson") },
            Header { name: Span::of("Authorization"), value: Span::of("Bearer {{secret:token}}") },
        ];
        let request = Request {
            struct_size: size_of::<Request>() as u32,
            header_stride: size_of::<Header>() as u32,
            header_count: headers.len() as u32,
            body_stride: size_of::<Span>() as u32,
            body_count: body.len() as u32,
            timeout_ms: 0,
            method: Span::of("POST"),
            url: Span::from(self.url.as_bytes()),
            headers: headers.as_ptr(),
            body: body.as_ptr(),
            call_token: batch.call_token,
        };
        let now = unsafe { ((*self.host).unix_ns)(self.host) } / 1_000_000_000;
        let mut answer = Answer { now, ..Answer::default() };
        let place = &mut answer as *mut Answer as *mut c_void;
        let code =
            unsafe { ((*self.http).send)(self.host, &request, receive, place, ptr::null_mut()) };
        (answer, code)
    }
}

unsafe extern "C" fn receive(context: *mut c_void, response: *const Response) {
    let answer = unsafe { &mut *(context as *mut Answer) };
    let response = unsafe { &*response };
    answer.status = response.status;
    for index in 0..response.header_count as usize {
        let place =
            unsafe { (response.headers as *const u8).add(index * response.header_stride as usize) };
        let header = unsafe { &*(place as *const Header) };
        if unsafe { header.name.bytes() } == b"retry-after" {
            answer.retry_after_ms = retry_after::milliseconds(unsafe { header.value.bytes() }, answer.now);
        }
    }
}

/// What an answer means for the events: the table of the integrators' guide.
fn outcome(answer: &Answer, code: i32) -> Outcome {
    let status = answer.status;
    let kind = match status {
        0 if code == REFUSED => AUTH,
        0 => RETRY,
        200..=299 => DELIVERED,
        401 | 403 | 407 => AUTH,
        409 => DUPLICATE,
        408 | 425 | 429 => RETRY,
        400..=499 => REJECTED,
        _ => RETRY,
    };
    let is_retry = kind == RETRY;
    Outcome {
        outcome: kind,
        remote_code: status as i32,
        retry_after_ms: if is_retry { answer.retry_after_ms } else { 0 },
        flags: if is_retry && (status == 429 || status == 503) { WHOLE_DESTINATION } else { 0 },
    }
}

// MARK: - What the host looks at

static DESCRIPTOR: Descriptor = Descriptor {
    struct_size: size_of::<Descriptor>() as u32,
    event_types: SERVES_ALL,
    product: Span::of(PRODUCT),
    version: Span::of(VERSION),
    display_name: Span::of("Collector"),
    settings_schema: Span::of(concat!(
        r#"{"type":"object","additionalProperties":false,"required":["url"],"properties":{"#,
        r#""token":{"type":"string","x-secret":true,"#,
        r#""description":"What the destination knows you by; it never enters the adapter."},"#,
        r#""url":{"type":"string","description":"Where the events go, one request for each batch."}}}"#
    )),
    max_concurrency: 1,
    max_batch_events: 500,
    max_batch_bytes: 0,
    max_string_length: 0,
    required_host_features: HOST_HTTP,
    reserved: 0,
};

static TABLE: Table = Table {
    magic: MAGIC,
    struct_size: size_of::<Table>() as u32,
    abi_major: MAJOR,
    abi_minor: MINOR,
    abi_minor_required: 0,
    reserved: 0,
    context: ptr::null_mut(),
    descriptor: &DESCRIPTOR,
    create,
    configure,
    start,
    deliver,
    flush,
    cancel,
    stop,
    destroy,
    extension,
};

/// The one symbol of the library: rustc exports what is `no_mangle`, and nothing else.
#[no_mangle]
pub extern "C" fn destination_adapter_entry(host_abi_major: u32, _host_abi_minor: u32) -> *const Table {
    if host_abi_major == MAJOR { &TABLE } else { ptr::null() }
}
