import Testing
import Workbench

@testable import HostCommands

/// What holds for every command, tried on the executable.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct EverywhereTests {
  private let sealpost: Sealpost

  init() throws { sealpost = Sealpost(folder: try Scratch()) }

  @Test func `help goes to standard output and nothing to standard error`() throws {
    for words in [["--help"], ["help"], ["decrypt", "--help"]] {
      let outcome = try sealpost(words)
      #expect(outcome.code == 0)
      #expect(outcome.output.contains("Usage\n  sealpost "))
      #expect(outcome.errors.isEmpty)
    }
  }

  @Test func `nothing typed is wrong usage, told on standard error`() throws {
    let outcome = try sealpost()
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("error: command \"sealpost\": it is not complete. "))
  }

  @Test func `the version is one line`() throws {
    let outcome = try sealpost("--version")
    #expect(outcome.output == "sealpost \(Version.text)\n")
  }

  @Test func `an unknown option ends with 2 and a suggestion`() throws {
    let outcome = try sealpost("decrypt", "--kye", "x")
    #expect(outcome.code == 2)
    #expect(
      outcome.errors == "error: option \"--kye\", decrypt: there is no such option. "
        + "Did you mean --key? See: sealpost decrypt --help\n")
  }

  @Test func `a reader that has gone ends the program without a word`() throws {
    let script = #"for i in 1 2 3 4 5 6 7 8; do "$0" --help 2>>err | true; done; cat err"#
    let outcome = try Sealpost.run(
      "/bin/sh", ["-c", script, Sealpost.executable], in: sealpost.folder.path)
    #expect(outcome.output.isEmpty)
  }

  @Test func `a full disk behind standard output is an error`() throws {
    let script = #""$0" --help > /dev/full"#
    let outcome = try Sealpost.run("/bin/sh", ["-c", script, Sealpost.executable])
    #expect(outcome.code == 74)
    #expect(
      outcome.errors == "error: standard output: it could not be written: No space left on device. "
        + "Free space or name another file, then run the command again.\n")
  }

  @Test func `no colour reaches a file`() throws {
    let outcome = try sealpost("--help")
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test(.enabled(if: Sealpost.hasPython, "python3 is absent"))
  func `a terminal gets colour and its own width, unless NO_COLOR is set`() throws {
    let program = """
      import fcntl, os, pty, struct, sys, termios
      pid, master = pty.fork()
      if pid == 0:
          fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
          os.execv(sys.argv[1], [sys.argv[1], "decrypt", "--help"])
      out = b""
      while True:
          try: piece = os.read(master, 65536)
          except OSError: break
          if not piece: break
          out += piece
      os.waitpid(pid, 0)
      sys.stdout.buffer.write(out)
      """
    for (variables, isColoured) in [
      (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], false),
      (["TERM": "dumb"], false), (["TERM": "xterm", "NO_COLOR": ""], true),
    ] {
      let outcome = try Sealpost.run(
        "python3", ["-c", program, Sealpost.executable], environment: variables)
      #expect(outcome.output.contains("\u{1B}[1mUsage\u{1B}[0m") == isColoured, "\(variables)")
      let prose = outcome.output.split(separator: "\r\n").filter { !$0.contains("sealpost") }
      #expect(prose.allSatisfy { $0.replacing(/\u{1B}\[[0-9]+m/, with: "").count <= 50 })
      #expect(prose.count > 10)
    }
  }
}
