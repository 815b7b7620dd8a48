internal import Cryptography
internal import Eligibility
internal import Workspace

// How the commands reach the workspace and what is in it.
extension Invocation {
  /// The workspace that the command is about, for whoever was admitted to it.
  ///
  /// Opened here only for a command that asks for no role.
  func openWorkspace() throws -> Workspace {
    try admitted?.workspace ?? Workspace.open(at: workspacePath)
  }

  /// A destination by its id; an id that does not exist gets a suggestion.
  func destination(_ id: String, in workspace: Workspace) throws -> Destination {
    do throws(WorkspaceError) {
      return try workspace.destination(id)
    } catch {
      guard case .noSuchDestination = error else { throw error }
      let ids = workspace.destinations().map(\.id)
      let near = Suggestion.nearest(to: id, among: ids).map { "Did you mean \"\($0)\"? " } ?? ""
      throw CommandError(
        .configuration, "destination \"\(Printable.short(id))\"", "there is none of that id",
        near + "See: sealpost destination list")
    }
  }

  /// The key whose id begins so; what was typed when there is none.
  func keyID(_ operand: Operand, among ids: [String]) throws -> String {
    let text = arguments.required(operand)
    let found = ids.filter { $0.hasPrefix(text) }
    guard found.count < 2 else {
      throw CommandError.usage(
        "key \"\(Printable.short(text))\"", command.name, "\(found.count) keys begin so",
        "Give more of the id.")
    }
    return found.first ?? text
  }

  /// A day that was typed.
  func date(_ option: Option) throws -> CalendarDate? {
    guard let text = arguments[option] else { return nil }
    guard let date = CalendarDate(text) else {
      throw CommandError.usage(
        "option \"\(option.typed)\"", command.name, "\"\(Printable.short(text))\" is no day",
        "Write it like 2026-11-23.")
    }
    return date
  }

  /// Prints one thing for people, or its JSON when that was asked for.
  func print(
    _ table: @autoclosure () throws -> Table, json: @autoclosure () throws -> JSONText
  ) rethrows {
    if wantsJSON { console.data(try json()) } else { console.data(try table()) }
  }
}
