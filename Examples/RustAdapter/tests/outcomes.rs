//! Three tests of the adapter, without a host: a small one stands here, whose HTTP answers what a test says.

use collector::abi::*;
use collector::destination_adapter_entry;
use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::{null, null_mut};

thread_local! {
    /// What the next request is answered; 0 = no answer.
    static STATUS: Cell<u32> = const { Cell::new(200) };
    static SENT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

const EVENT: &str = r#"{"type":"track","messageId":"m-1"}"#;

unsafe extern "C" fn send(
    _: *const Host, request: *const Request, receiver: Receiver, context: *mut c_void, _: *mut Text,
) -> i32 {
    let request = unsafe { &*request };
    let body = unsafe { std::slice::from_raw_parts(request.body, request.body_count as usize) };
    SENT.set(body.iter().flat_map(|piece| unsafe { piece.bytes() }.to_vec()).collect());
    if STATUS.get() == 0 {
        return UNAVAILABLE;
    }
    let header = Header { name: Span::of("retry-after"), value: Span::of("7") };
    let response = Response {
        struct_size: size_of::<Response>() as u32,
        status: STATUS.get(),
        header_stride: size_of::<Header>() as u32,
        header_count: 1,
        headers: &header,
        body: Span::of(""),
    };
    unsafe { receiver(context, &response) };
    OK
}

static HTTP: Http = Http { struct_size: size_of::<Http>() as u32, reserved: 0, send };

unsafe extern "C" fn extension(_: *const Host, _: Span) -> *const c_void {
    &HTTP as *const Http as *const c_void
}
unsafe extern "C" fn log(_: *const Host, _: u32, _: Span) {}
unsafe extern "C" fn detail(_: *const Host, _: u64, _: u32, _: Span) {}
unsafe extern "C" fn unix_ns(_: *const Host) -> i64 { 0 }
unsafe extern "C" fn mono_ns(_: *const Host) -> u64 { 0 }
unsafe extern "C" fn cancelled(_: *const Host, _: u64) -> u32 { 0 }
unsafe extern "C" fn secret(_: *const Host, _: Span, _: *mut Text) -> i32 { 7 }

/// Delivers one event while the destination answers `status`.
fn deliver(status: u32) -> Outcome {
    STATUS.set(status);
    let host = Host {
        struct_size: size_of::<Host>() as u32, abi_major: 1, abi_minor: 0, reserved: 0,
        features: HOST_HTTP, context: null_mut(),
        log, detail, unix_ns, mono_ns, cancelled, secret, extension,
    };
    let configuration = Configuration {
        struct_size: size_of::<Configuration>() as u32,
        reserved: 0,
        settings: Span::of(r#"{"url":"https://collector.example.com/"}"#),
        destination_id: Span::of("test"),
    };
    let event = Event {
        json: Span::of(EVENT), id: Span::of("m-1"), received_unix_ns: 0, kind: 2, attempt: 1, flags: 0,
    };
    let batch = Batch {
        struct_size: size_of::<Batch>() as u32,
        event_stride: size_of::<Event>() as u32,
        event_count: 1,
        result_stride: size_of::<Outcome>() as u32,
        events: &event,
        ndjson: Span::of(EVENT),
        batch_id: 1,
        call_token: 1,
        deadline_mono_ns: 0,
    };
    let mut outcome = Outcome::default();
    let mut instance = null_mut();
    unsafe {
        let table = &*destination_adapter_entry(1, 0);
        assert_eq!((table.create)(table, &host, &mut instance, null_mut()), OK);
        assert_eq!((table.configure)(instance, &configuration, null_mut()), OK);
        assert_eq!((table.start)(instance, null_mut()), OK);
        (table.deliver)(instance, &batch, &mut outcome);
        (table.stop)(instance, 0);
        (table.destroy)(instance);
    }
    outcome
}

#[test]
fn an_event_that_the_destination_takes_is_delivered_as_it_is() {
    assert_eq!(deliver(200).outcome, DELIVERED);
    assert_eq!(SENT.take(), format!("{EVENT}\n").into_bytes());
    assert_eq!(destination_adapter_entry(2, 0), null());
}

#[test]
fn a_destination_that_is_busy_is_left_alone_for_as_long_as_it_says() {
    let busy = deliver(429);
    assert_eq!((busy.outcome, busy.retry_after_ms, busy.flags), (RETRY, 7000, WHOLE_DESTINATION));
}

#[test]
fn no_answer_costs_a_retry_and_credentials_that_are_not_accepted_are_told() {
    assert_eq!(deliver(0).outcome, RETRY);
    assert_eq!(deliver(401).outcome, AUTH);
}
