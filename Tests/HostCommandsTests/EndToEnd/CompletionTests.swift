import Foundation
import Testing
import Workbench

@testable import HostCommands

/// The scripts that `completion` prints, asked by the shells that they are for.
@Suite(.enabled(if: Sealpost.isBuilt, "sealpost was not built beside the tests"))
struct CompletionTests {
  static func has(_ shell: String) -> Bool {
    (try? Sealpost.run(shell, ["-c", "exit 0"]))?.code == 0
  }

  private static let table = HostCommands.table

  /// What is typed before the Tab, as words, and what has to be offered then.
  private static let questions: [(words: [String], offers: Set<String>)] = {
    let paths = Set(
      table.commands.flatMap { command in
        (0..<command.path.count).map { Array(command.path.prefix($0)) }
      })
    let verbs = paths.map { path in (path + [""], Set(table.words(after: path))) }
    let options = table.commands.map { command in
      (command.path + ["--"], Set(command.allOptions.map(\.typed)))
    }
    return verbs + options + [
      (["run", "--log-level", ""], ["debug", "info", "warning", "error"]),
      (["--workspace", "clinic", "destination", "filter", ""], ["show", "set", "remove", "test"]),
      (["wor"], ["workspace"]),
    ]
  }()

  private func script(_ shell: String) throws -> String {
    try Sealpost.run(Sealpost.executable, ["completion", shell]).output
  }

  /// The answers of a shell's program that reads one question a line, words parted by tabs.
  private func answers(_ shell: String, _ program: String) throws -> [Set<String>] {
    let folder = try Scratch()
    try folder.write("script", script(shell))
    let input = Self.questions.map { $0.words.joined(separator: "\t") + "\n" }.joined()
    let outcome = try Sealpost.run(shell, ["-c", program], in: folder.path, input: input)
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
      Set($0.split(separator: " ").map(String.init))
    }
  }

  private func expectAll(_ answers: [Set<String>]) {
    #expect(answers.count == Self.questions.count)
    for (question, answer) in zip(Self.questions, answers) {
      #expect(question.offers.isSubset(of: answer), "\(question.words)")
    }
  }

  @Test(.enabled(if: has("bash"), "bash is absent"))
  func `bash offers every word, option and value of the table, and nothing else`() throws {
    let answers = try answers(
      "bash",
      #"""
      source ./script
      while IFS= read -r line; do
        IFS=$'\t' read -r -a words <<<"$line"
        COMP_WORDS=(sealpost "${words[@]}")
        case $line in *$'\t'|"") COMP_WORDS+=("") ;; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMPREPLY=()
        _sealpost
        echo "${COMPREPLY[*]}"
      done
      """#)
    expectAll(answers)
    for (question, answer) in zip(Self.questions, answers) where question.words.last == "" {
      #expect(answer == question.offers, "\(question.words)")
    }
  }

  @Test(.enabled(if: has("fish"), "fish is absent"))
  func `fish offers every word, option and value of the table`() throws {
    expectAll(
      try answers(
        "fish",
        #"""
        source ./script
        while read -l line
          set -l words (string split \t -- $line)
          echo (complete -C "sealpost $words" | string replace -r '\t.*' '')
        end
        """#))
  }

  @Test(
    .enabled(if: has("zsh"), "zsh is absent"),
    .enabled(if: Sealpost.hasPython, "python3 is absent"), .timeLimit(.minutes(1)))
  func `zsh completes at its prompt`() throws {
    let folder = try Scratch()
    try folder.write("script", script("zsh"))
    // A terminal is needed: zsh completes nowhere else.
    let program = """
      import os, pty, select, sys, time
      pid, master = pty.fork()
      if pid == 0:
          os.environ.update(TERM="dumb", PS1="> ")
          os.execvp("zsh", ["zsh", "-f", "-i"])
      seen = b""
      def read(until, seconds=20):
          global seen
          start, end = len(seen), time.time() + seconds
          while until not in seen[start:] and time.time() < end:
              if select.select([master], [], [], 0.2)[0]:
                  seen += os.read(master, 65536)
          return until in seen[start:]
      def type(text): os.write(master, text.encode())
      type("source ./script; echo lo''aded\\n")
      assert read(b"loaded\\r"), seen
      for typed, wanted in [("sealpost destinat\\t", b"ion "), ("filt\\t", b"er "),
                            ("rem\\t", b"ove "), ("\\x15sealpost run --until\\t", b"-idle"),
                            ("\\x15sealpost run --log-level warn\\t", b"ing")]:
          type(typed)
          assert read(wanted), (typed, seen)
      os.kill(pid, 9)
      print("ok")
      """
    let outcome = try Sealpost.run("python3", ["-c", program], in: folder.path)
    #expect(outcome.output == "ok\n", "\(outcome.errors)")
  }
}
