import CSandbox
import Foundation
import Glibc
import Testing
import Workbench

@testable import AdapterLoading

/// What a manifest's permissions open to a worker, and what they may not.
@Suite struct PermissionTests {
  private func configuration(
    _ files: [FilePermission], _ settings: String = "{}"
  ) throws -> WorkerConfiguration {
    var configuration = try Fixture.configuration("CountingAdapter")
    configuration.manifest.permissions = AdapterPermissions(files: files)
    configuration.settingsJSON = Array(settings.utf8)
    return configuration
  }

  @Test func `a setting's value is the path`() throws {
    let policy = try configuration(
      [.init(path: "$settings.path", access: .write)], #"{"path":"/tmp/a b","other":"/etc"}"#
    ).sandboxPolicy()
    #expect(policy.files == [FileGrant(path: "/tmp/a b", access: .write)])
  }

  @Test(arguments: [
    "{}", #"{"path":7}"#, #"{"path":""}"#, #"{"path":{"a":1}}"#, #"{"path":null}"#,
    #"{"path":"a\u0000b"}"#, "[]",
  ])
  func `a setting that is not there or no text opens nothing`(settings: String) throws {
    let policy = try configuration(
      [.init(path: "$settings.path", access: .write)], settings
    ).sandboxPolicy()
    #expect(policy.files.isEmpty)
  }

  @Test(arguments: [
    (#"{"r":1}"#, true), (#"{"r":true}"#, true), (#"{"r":"x"}"#, true), (#"{"r":0}"#, false),
    (#"{"r":false}"#, false), (#"{"r":""}"#, false), ("{}", false), (#"{"r":[]}"#, false),
  ])
  func `a permission with a condition holds only when its setting is on`(
    settings: String, holds: Bool
  ) throws {
    let policy = try configuration(
      [.init(path: "/tmp/x", access: .rotate, when: "r")], settings
    ).sandboxPolicy()
    #expect(policy.files.isEmpty != holds)
  }

  @Test func `a grant is the place that the path leads to, links followed`() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.file("real"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("link"), withDestinationPath: scratch.file("real"))
    let folder = try #require(
      unsafe realpath(scratch.file("real"), nil).map { real in
        defer { unsafe free(real) }
        return unsafe String(cString: real)
      })
    let policy = try configuration([
      .init(path: scratch.file("link") + "/new", access: .write)
    ]).sandboxPolicy()
    #expect(policy.files == [FileGrant(path: folder + "/new", access: .write)])
  }

  /// Between the host's check and the worker's opening somebody puts a link there: it is not followed.
  @Test(
    .enabled(
      if: KernelSupport.here.landlock > 0 && KernelSupport.here.seccomp,
      "this kernel has no Landlock or no seccomp"))
  func `a link that comes after the check opens nothing`() throws {
    let scratch = try Scratch()
    let secret = scratch.file("secret")
    try "not yours".write(toFile: secret, atomically: false, encoding: .utf8)
    let path = scratch.file("data")
    try "mine".write(toFile: path, atomically: false, encoding: .utf8)
    func read() throws -> [EventResult] {
      var configuration = try Fixture.configuration(
        "HostileAdapter", settings: ["attack": "read", "target": path],
        willLoad: { _ in })
      configuration.manifest.permissions.files = [.init(path: path, access: .read)]
      let worker = SupervisedWorker(configuration)
      _ = try worker.start()
      var results: [EventResult] = []
      try worker.deliver(Fixture.batch(1), into: &results)
      worker.stop()
      return results
    }
    #expect(try read().map(\.outcome) == [.delivered])
    let rules = FileGrant(path: path, access: .read)
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: secret)
    // What the host would have sent is the path as it was; the worker's own opening refuses the link.
    let number = unsafe sandbox_real_path(rules.path)
    #expect(number == -1 && errno == ELOOP)
  }

  @Test(arguments: ["/", "/proc", "/proc/self/environ", "/sys/kernel", "/dev/shm/x", "/boot"])
  func `the system's own places are given to nobody`(path: String) throws {
    #expect {
      _ = try configuration([.init(path: path, access: .read)]).sandboxPolicy()
    } throws: { error in
      "\(error)".contains("it is the system's. Name another place.")
    }
  }

  @Test func `no permission reaches into the workspace or stands around it`() throws {
    let scratch = try Scratch()
    let folder = scratch.file("workspace")
    try FileManager.default.createDirectory(
      atPath: folder + "/audit", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("link"), withDestinationPath: folder)
    func grant(_ path: String, _ access: FilePermission.Access) throws -> LoadError? {
      var configuration = try configuration([.init(path: path, access: access)])
      configuration.protectedFolder = folder
      do throws(LoadError) {
        _ = try configuration.sandboxPolicy()
        return nil
      } catch {
        return error
      }
    }
    for path in [
      folder, folder + "/audit", folder + "/audit/new.jsonl", scratch.file("link/audit"),
    ] {
      for access in FilePermission.Access.allCases {
        #expect("\(try #require(try grant(path, access)))".contains("the workspace stands there"))
      }
    }
    #expect(try grant(scratch.file("out.ndjson"), .rotate) != nil, "its folder holds the workspace")
    #expect(try grant(scratch.file("out.ndjson"), .write) == nil)
    #expect(try grant(scratch.file("workspace2"), .write) == nil)
  }

  @Test func `connections are the host's, so they need no less than the required sandbox`() throws {
    var configuration = try configuration([])
    let plain = try configuration.sandboxPolicy()
    configuration.manifest.permissions.network = ["db.example.com:5432", "$settings.address"]
    #expect(try configuration.sandboxPolicy() == plain, "it opens nothing more to the worker")
    #expect(configuration.connectionTargets == ["db.example.com:5432"])
    configuration.settingsJSON = Array(#"{"address":"logs.example.com:6514"}"#.utf8)
    #expect(configuration.connectionTargets == ["db.example.com:5432", "logs.example.com:6514"])
    configuration.settingsJSON = Array(#"{"address":6514}"#.utf8)
    #expect(configuration.connectionTargets == ["db.example.com:5432"])
    #expect(
      configuration.manifest.permissions.lines.suffix(2)
        == ["network db.example.com:5432", "network $settings.address"])
  }

  @Test func `a policy is read as it was written, and no cut of it is taken for one`() throws {
    let policy = SandboxPolicy(
      mode: .bestEffort,
      files: [
        .init(path: "/a", access: .read), .init(path: "/b", access: .write),
        .init(path: "/c/d", access: .rotate),
      ], memoryLimit: 77 << 20, kernel: KernelSupport(landlock: 3, seccomp: true))
    var writer = WireWriter()
    policy.write(to: &writer)
    #expect(SandboxPolicy(writer.bytes) == policy)
    for length in 0..<writer.bytes.count {
      #expect(SandboxPolicy(Array(writer.bytes[..<length])) == nil)
    }
    #expect(SandboxPolicy(writer.bytes + [0]) == nil)
  }

  @Test(arguments: [
    (#"{"files":[{"path":"relative","access":"read"}]}"#, "permissions.files.path"),
    (#"{"files":[{"path":"/a/../b","access":"read"}]}"#, "permissions.files.path"),
    (#"{"files":[{"path":"/a","access":"own"}]}"#, "permissions.files.access"),
    (#"{"files":[{"path":"/a"}]}"#, "permissions.files.access"),
    (#"{"files":"all"}"#, "permissions.files"),
    (#"{"http":["*.example.com"]}"#, "permissions.http"),
    (#"{"http":["EXAMPLE.com"]}"#, "permissions.http"),
    (#"{"http":["a.example","a.example"]}"#, "permissions.http"),
    (#"{"network":["example.com"]}"#, "permissions.network"),
    (#"{"network":["example.com:0"]}"#, "permissions.network"),
    (#"{"network":["example.com:65536"]}"#, "permissions.network"),
    (#"{"network":["$settings."]}"#, "permissions.network"),
    (#"{"secrets":[""]}"#, "permissions.secrets"),
    (#"{"output":["stdin"]}"#, "permissions.output"),
    (#"{"output":["stdout","stdout"]}"#, "permissions.output"),
    (#"{"everything":true}"#, "unknown keys"),
    (#"[]"#, "permissions"),
  ])
  func `a permission that is wrong is named`(permissions: String, named: String) throws {
    let json = """
      {"format":1,"product":"org.example.a","version":"1.0.0","display_name":"A",
      "abi":{"major":1,"minor":0},"library":"liba.so","event_types":["track"],
      "permissions":\(permissions)}
      """
    #expect {
      _ = try AdapterManifest(json: Array(json.utf8), path: "adapter.json")
    } throws: { error in
      "\(error)".contains(named)
    }
  }

  @Test func `the permissions of the file adapter are its file, and its folder only to rotate`()
    throws
  {
    let path = Fixture.root.appendingPathComponent("Plugins/NDJSONFileDestination/adapter.json")
      .path
    let manifest = try AdapterManifest(
      json: Array(Data(contentsOf: URL(fileURLWithPath: path))), path: path)
    #expect(
      manifest.permissions
        == AdapterPermissions(files: [
          .init(path: "$settings.path", access: .write),
          .init(path: "$settings.path", access: .rotate, when: "rotate_bytes"),
        ]))
  }
}
