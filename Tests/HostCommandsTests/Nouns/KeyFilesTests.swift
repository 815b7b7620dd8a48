import Cryptography
import FieldEncryption
import Foundation
import Testing
import Workbench

@testable import HostCommands

struct KeyFilesTests {
  private let folder: Scratch

  init() throws { folder = try Scratch() }

  @Test func `a key that is made is its owner's alone and can be read back`() throws {
    let path = folder.file("key.pem")
    let key = try PrivateKeyFile.make(bits: 2048, at: path, passphraseFile: nil)
    #expect(try mode(of: path) == 0o600)
    let read = try PrivateKeyFile.read(path, passphraseFile: nil)
    #expect(read.publicKey.thumbprint == key.thumbprint)
  }

  @Test func `a protected key opens only with its passphrase`() throws {
    let path = folder.file("key.pem")
    let right = try folder.write("right", "correct horse battery\n")
    let wrong = try folder.write("wrong", "another\n")
    _ = try PrivateKeyFile.make(bits: 2048, at: path, passphraseFile: right)
    _ = try PrivateKeyFile.read(path, passphraseFile: right)
    #expect(throws: FileError(path: path, cause: .passphraseWrong)) {
      try PrivateKeyFile.read(path, passphraseFile: wrong)
    }
    let error = #expect(throws: CommandError.self) {
      try PrivateKeyFile.read(path, passphraseFile: nil)
    }
    #expect(
      error?.description == "private key, \(path): it is protected and no passphrase was given. "
        + "Give --passphrase-file F.")
  }

  @Test func `a passphrase file that others may read is refused before a key is made`() throws {
    let passphrase = try folder.write("open", "secret", mode: 0o644)
    let path = folder.file("key.pem")
    #expect(throws: CryptographyError.openToOthers(path: passphrase, mode: 0o644)) {
      try PrivateKeyFile.make(bits: 2048, at: path, passphraseFile: passphrase)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `an existing file is never written over, nor a dangling link followed`() throws {
    let file = try folder.write("there", "mine")
    let link = folder.file("link")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.file("nowhere"))
    for path in [file, link] {
      #expect(throws: CryptographyError.fileExists(path: path)) {
        try PrivateKeyFile.make(bits: 2048, at: path, passphraseFile: nil)
      }
    }
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
  }

  @Test func `a public key is read as PEM, and a private one is refused`() throws {
    let path = folder.file("key.pem")
    let key = try PrivateKeyFile.make(bits: 2048, at: path, passphraseFile: nil)
    let file = try folder.write("public.pem", key.pem)
    #expect(try PublicKeyFile.read(file).thumbprint == key.thumbprint)
    let refused = FileError(path: path, cause: .privateKeyInsteadOfPublic)
    #expect(throws: refused) { try PublicKeyFile.read(path) }
    #expect(refused.description.hasPrefix("public key refused, \(path): it is a private key. "))
    for (name, text) in [("empty", ""), ("jwk", " {\"kty\":\"RSA\"}")] {
      let file = try folder.write(name, text)
      #expect(throws: FileError(path: file, cause: .notAPublicKey)) {
        try PublicKeyFile.read(file)
      }
    }
  }

  @Test func `a file that is absent, a folder or too long is refused by name`() throws {
    let absent = folder.file("absent")
    let error = #expect(throws: CommandError.self) { try PublicKeyFile.read(absent) }
    #expect(
      error?.description == "file, \(absent): it could not be read: No such file or directory. "
        + "Check the path and its permissions.")
    #expect(error?.code == .noInput)
    #expect(throws: CommandError.self) { try PublicKeyFile.read(folder.path) }
    let long = try folder.write("long", String(repeating: "x", count: 70_000))
    #expect(
      #expect(throws: CommandError.self) { try PublicKeyFile.read(long) }?.code == .badData)
  }

  @Test(arguments: [
    (
      ["--generate-key"],
      #"option "--private-key-out", it: it is missing, and there is no terminal. Name a file for the private key that is made."#
    ),
    (
      ["--bits=2048"],
      #"option "--bits", it: it is about a new key, and there is none. Add --generate-key or --public-key."#
    ),
    (
      ["--no-challenge"],
      #"option "--no-challenge", it: it is about a new key, and there is none. Add --generate-key or --public-key."#
    ),
    (
      ["--generate-key", "--private-key-out=f", "--no-challenge"],
      #"option "--no-challenge", it: a key that is written to a file gets no challenge: the file is read back. Leave it out."#
    ),
    (
      ["--public-key=p", "--passphrase-file=f"],
      #"options "--public-key" and "--passphrase-file", it: they exclude each other. Bring a key or have one made."#
    ),
  ])
  func `key options that do not go together are refused`(typed: [String], text: String) throws {
    let arguments = try arguments(typed)
    let error = #expect(throws: CommandError.self) {
      try KeyOptions.source(of: arguments, for: "it", onTerminal: false)
    }
    #expect(error?.description == text)
    #expect(error?.code == .wrongUsage)
  }

  @Test func `without key options there is no source, and a made key has 3072 bits`() throws {
    #expect(try KeyOptions.source(of: arguments([]), for: "it", onTerminal: false) == nil)
    let typed = ["--generate-key", "--private-key-out", "f"]
    guard
      case .generated(3072, "f", nil) = try KeyOptions.source(
        of: arguments(typed), for: "it", onTerminal: true)
    else {
      Issue.record("not 3072 bits")
      return
    }
  }

  @Test func `a key is shown only on a terminal, and challenged unless that is given up`() throws {
    for (typed, challenged) in [
      (["--generate-key"], true), (["--generate-key", "--no-challenge"], false),
    ] {
      guard
        case .shown(3072, nil, challenged) = try KeyOptions.source(
          of: arguments(typed), for: "it", onTerminal: true)
      else {
        Issue.record("not shown")
        return
      }
    }
  }

  private func arguments(_ typed: [String]) throws -> Arguments {
    let command = Command(
      path: ["it"], summary: "", access: .everyone, options: KeyOptions.all, examples: [],
      run: { _ in .done })
    let table = CommandTable(nouns: [Noun(name: "it", summary: "", commands: [command])])
    guard case .run(_, let arguments) = try ArgumentParser.parse(["it"] + typed, table: table)
    else { throw CommandError(.internalFault, "", "", "") }
    return arguments
  }
}
