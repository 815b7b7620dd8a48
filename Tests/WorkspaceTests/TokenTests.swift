import AuditLog
import Cryptography
import Foundation
import Testing
import Workbench

@testable import Workspace

@Suite struct TokenTests {
  private let test: TestWorkspace

  init() throws { test = try TestWorkspace.withUsers() }

  private func make(_ role: Role = .editor) throws -> (id: String, text: [UInt8]) {
    let made = try test.workspace.createToken(role: role, piiAccess: true, days: 30)
    return (made.token.id, made.text.withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } })
  }

  @Test func `a token is somebody with its role, under its own name`() throws {
    let (id, text) = try make()
    let actor = try test.reopened().actor(holding: text)
    #expect(actor.name == "token/\(id)" && actor.role == .editor && actor.hasPIIAccess)
    #expect(try test.workspace.actor(holding: Array(text.dropLast())) == actor)
  }

  @Test func `the workspace holds its digest only`() throws {
    let (_, text) = try make()
    let secret = String(decoding: text, as: UTF8.self).split(separator: "_")[2].dropLast()
    #expect(try filesHolding(secret.utf8, below: test.path).isEmpty)
  }

  @Test func `a revoked token opens nothing, and each try is audited`() throws {
    let (id, text) = try make()
    try test.workspace.revokeToken(id)
    #expect(
      errorText { _ = try test.reopened().actor(holding: text) }
        == "token refused: it was revoked. Ask an owner for one: "
        + "sealpost token create --role R --output F")
    let denied = try test.workspace.audit.records(matching: AuditQuery(type: .accessDenied))
    #expect(denied.map(\.actor) == ["token/\(id)"])
    #expect(throws: WorkspaceError.self) { try test.workspace.revokeToken("nonsense") }
  }

  @Test func `a token has an end`() throws {
    let (_, text) = try make()
    let token = try #require(test.workspace.tokens().first)
    #expect(!token.isExpired(at: Timestamp.now))
    #expect(token.isExpired(at: token.expiresAt))
    #expect(try test.workspace.actor(holding: text).role == .editor)
    for days in [0, -1, 3651, .max] {
      #expect(throws: WorkspaceError.self) {
        _ = try test.workspace.createToken(role: .viewer, piiAccess: false, days: days)
      }
    }
  }

  @Test func `any other text is no token`() throws {
    let (_, text) = try make()
    for length in 0..<(text.count - 1) {
      #expect(throws: WorkspaceError.self) {
        try test.workspace.actor(holding: Array(text[..<length]))
      }
    }
    for index in 0..<(text.count - 1) {
      var changed = text
      changed[index] ^= 1
      #expect(throws: WorkspaceError.self) { try test.workspace.actor(holding: changed) }
    }
    for other in [text + text, [0xFF], Array(repeating: 0x5F, count: 1 << 20)] {
      #expect(throws: WorkspaceError.self) { try test.workspace.actor(holding: other) }
    }
  }

  @Test func `a token's document that was edited by hand is none`() throws {
    let (id, text) = try make(.viewer)
    try test.edit("tokens/\(id).json", "\"viewer\"", "\"owner\"")
    #expect(throws: WorkspaceError.self) { try test.reopened().actor(holding: text) }
  }
}
