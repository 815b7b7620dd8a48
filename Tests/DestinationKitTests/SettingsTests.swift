import CDestinationAdapter
import DestinationKit
import Testing

@Suite struct SettingsTests {
  static let secretive = "s3cr3t-value"

  @Test(arguments: [
    ("{}", "settings, about \"path\": it is missing. Set it."),
    ("", "settings, about \"path\": it is missing. Set it."),
    ("{\"path\":5}", "settings, about \"path\": it is not a text. Change its value."),
    ("{\"path\":null}", "settings, about \"path\": it is not a text. Change its value."),
    (
      "{\"path\":\"p\",\"size\":\"s3cr3t-value\"}",
      "settings, about \"size\": it is not a whole number. Change its value."
    ),
    (
      "{\"path\":\"p\",\"isOn\":\"s3cr3t-value\"}",
      "settings, about \"isOn\": it is not true or false. Change its value."
    ),
    (
      "{\"path\":\"p\",\"ratio\":\"s3cr3t-value\"}",
      "settings, about \"ratio\": it is not a number. Change its value."
    ),
    (
      "{\"path\":\"p\",\"names\":\"s3cr3t-value\"}",
      "settings, about \"names\": it is not a list. Change its value."
    ),
    (
      "{\"path\":\"p\",\"names\":[\"a\",7]}",
      "settings, about \"names.1\": it is not a text. Change its value."
    ),
    (
      "{\"path\":\"p\",\"inner\":{}}",
      "settings, about \"inner.port\": it is missing. Set it."
    ),
    (
      "{\"path\":\"p\",\"inner\":\"s3cr3t-value\"}",
      "settings, about \"inner\": it is not an object. Change its value."
    ),
    (
      "{\"path\":\"p\",\"odd\":\"s3cr3t-value\"}",
      "settings, about \"odd\": its value cannot be used. Change it."
    ),
    (
      "{\"path\":\"s3cr3t-value",
      "settings, about \"settings\": they are not a JSON object. Write one."
    ),
    ("[]", "settings, about \"settings\": it is not an object. Change its value."),
  ])
  func `settings that cannot be decoded are named, and no value is shown`(
    document: String, problem: String
  ) {
    let answer = TestInstance().configure(document: document)
    #expect(answer == .init(status: DESTINATION_INVALID, problem: problem))
    #expect(!answer.problem.contains(Self.secretive))
  }

  @Test func `a configuration that is too small is refused`() {
    let answer = TestInstance().configure(document: "{}", structSize: 39)
    #expect(answer.status == DESTINATION_INVALID)
    #expect(answer.problem.contains("smaller than ABI 1.0"))
  }

  @Test func `a larger configuration is welcome`() {
    let answer = TestInstance().configure(document: "{\"path\":\"p\"}", structSize: 400)
    #expect(answer == .ok)
  }

  @Test(arguments: [
    (AdapterProblem.setting("path", "it is odd.", mend: "Mend it."), DESTINATION_INVALID),
    (AdapterProblem.credentials("the key is not accepted."), DESTINATION_AUTH),
    (AdapterProblem.unavailable("nobody is there."), DESTINATION_UNAVAILABLE),
  ])
  func `an adapter's own problem becomes a status and its text`(
    problem: AdapterProblem, status: Int32
  ) {
    let instance = TestInstance(TestAdapter.Script(initialise: { _ in throw problem }))
    #expect(instance.configure() == .init(status: status, problem: problem.text))
  }

  @Test func `of any other error only the type is shown`() {
    struct Mishap: Error { let text = SettingsTests.secretive }
    let instance = TestInstance(TestAdapter.Script(start: { throw Mishap() }))
    _ = instance.configure()
    #expect(
      instance.start()
        == .init(status: DESTINATION_FAILED, problem: "the adapter failed with Mishap."))
  }

  @Test func `a problem is cut to the caller's buffer, and its whole length is said`() {
    let instance = TestInstance(
      TestAdapter.Script(start: { throw AdapterProblem.unavailable("0123456789") }))
    _ = instance.configure()
    var bytes = [UInt8](repeating: 0x21, count: 8)
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      var text = unsafe destination_text(data: buffer.baseAddress, capacity: 4, length: 0)
      let status = unsafe instance.table.pointee.start(instance.instance, &text)
      #expect(status == DESTINATION_UNAVAILABLE)
      #expect(unsafe text.length == 10)
    }
    #expect(String(decoding: bytes, as: UTF8.self) == "0123!!!!")
    var nothing = unsafe destination_text(data: nil, capacity: 99, length: 0)
    _ = unsafe instance.table.pointee.start(instance.instance, &nothing)
    #expect(unsafe nothing.length == 10)
    #expect(unsafe instance.table.pointee.start(instance.instance, nil) == DESTINATION_UNAVAILABLE)
  }

  @Test func `a failed configure can be followed by a good one`() {
    let instance = TestInstance()
    #expect(instance.configure(document: "{}").status == DESTINATION_INVALID)
    #expect(instance.configure() == .ok)
    #expect(instance.start() == .ok)
  }
}
