import Foundation
import Testing

@testable import AdapterLoading

/// Settings against the schema that an adapter gives, before the adapter sees one.
@Suite struct SettingsSchemaTests {
  private static let schema = """
    {"type":"object","additionalProperties":false,"required":["path","token"],"properties":{
    "path":{"type":"string","minLength":1,"maxLength":5,"description":"A file."},
    "size":{"type":"integer","minimum":0,"maximum":10},"part":{"type":"number"},
    "fsync":{"type":"boolean"},"names":{"type":"array","items":{"type":"string"}},
    "mode":{"type":"string","enum":["fast","safe"]},"token":{"type":"string","x-secret":true}}}
    """

  private func complaints(_ settings: String, secrets: Set<String> = ["token"]) throws -> [String] {
    let schema = try #require(SettingsSchema(text: Self.schema))
    return schema.complaints(about: try #require(JSONDocument(text: settings)), secrets: secrets)
  }

  @Test(arguments: [
    #"{"path":"a"}"#, #"{"path":"äöüßé"}"#,
    #"{"path":"a","size":0,"part":1.5,"fsync":true,"names":["x"],"mode":"safe"}"#,
    #"{"path":"a","size":10.0,"names":[]}"#,
  ])
  func `what satisfies it is taken`(settings: String) throws {
    #expect(try complaints(settings).isEmpty)
  }

  @Test(arguments: [
    ("{}", #""path" is missing"#), (#"{"path":7}"#, #""path" must be a text"#),
    (#"{"path":null}"#, #""path" must be a text"#),
    (#"{"path":""}"#, #""path" must be at least 1 characters long"#),
    (#"{"path":"äöüßéx"}"#, #""path" must be at most 5 characters long"#),
    (#"{"path":"a","size":-1}"#, #""size" must be at least 0"#),
    (#"{"path":"a","size":11}"#, #""size" must be at most 10"#),
    (#"{"path":"a","size":1.5}"#, #""size" must be a whole number"#),
    (#"{"path":"a","size":"1"}"#, #""size" must be a whole number"#),
    (#"{"path":"a","part":true}"#, #""part" must be a number"#),
    (#"{"path":"a","fsync":1}"#, #""fsync" must be true or false"#),
    (#"{"path":"a","names":"x"}"#, #""names" must be a list"#),
    (#"{"path":"a","names":["x",1]}"#, #""names" must be a list whose members are each a text"#),
    (#"{"path":"a","mode":"slow"}"#, #""mode" must be one of "fast", "safe""#),
    (
      #"{"path":"a","token":"hunter2"}"#,
      #""token" is a secret: give it with --set-secret NAME=@FILE"#
    ),
    (
      #"{"path":"a","pth":"b"}"#,
      #""pth" is none of its settings, which are "fsync", "mode", "names", "part", "path", "size", "token""#
    ),
    ("[]", "they are no JSON object"),
  ])
  func `what does not is named, without its value`(settings: String, complaint: String) throws {
    #expect(try complaints(settings) == [complaint])
  }

  @Test func `everything is told at once, and a secret that is missing is called one`() throws {
    #expect(
      try complaints(#"{"size":-1,"mode":"x"}"#, secrets: []) == [
        #""mode" must be one of "fast", "safe""#, #""size" must be at least 0"#,
        #""path" is missing"#, #""token" is missing; it is a secret"#,
      ])
  }

  @Test func `an adapter without a schema has no settings`() throws {
    let schema = try #require(SettingsSchema(text: ""))
    #expect(schema.complaints(about: .object([:]), secrets: []).isEmpty)
    #expect(
      schema.complaints(about: .object(["a": .null]), secrets: [])
        == [#""a" is none of its settings: it has none"#])
  }

  @Test(arguments: [
    "[]", "7", "{", #"{"type":"string"}"#, #"{"type":"object","properties":[]}"#,
    #"{"type":"object","properties":{"a":{}}}"#, #"{"type":"object","required":[1]}"#,
    #"{"type":"object","properties":{"a":{"type":"null"}}}"#,
    String(repeating: "[", count: 60_000), String(repeating: #"{"a":"#, count: 10_000),
  ])
  func `what is no schema is none`(text: String) {
    #expect(SettingsSchema(text: text) == nil)
  }

  @Test func `settings that do not suit the descriptor's schema never reach the adapter`() throws {
    var configuration = try Fixture.configuration("CountingAdapter")
    configuration.settingsJSON = Array(#"{"path":7}"#.utf8)
    #expect {
      _ = try SupervisedWorker(configuration).start()
    } throws: { error in
      "\(error)"
        == "adapter not started: \"org.sealpost.test.counting\": the settings of \"test\" do not suit it: "
        + "\"path\" must be a text. Mend them: sealpost destination set test K=V"
    }
  }

  @Test func `those that do not suit the manifest's schema load nothing`() throws {
    var configuration = try Fixture.configuration(
      "CountingAdapter", willLoad: { _ in Issue.record("it came to the load") })
    configuration.manifest.settingsSchema = JSONDocument(
      text: #"{"type":"object","required":["path"]}"#)
    #expect(throws: LoadError.self) { _ = try SupervisedWorker(configuration).start() }
  }
}
