internal import Foundation

/// The files below a folder that hold these bytes, by their paths from it; throws where there is no file to look into.
package func filesHolding(_ bytes: some Sequence<UInt8>, below folder: String) throws -> [String] {
  let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  let files = names.filter { FileManager.default.contents(atPath: "\(folder)/\($0)") != nil }
  guard !files.isEmpty else { throw CocoaError(.fileReadNoSuchFile) }
  let wanted = Data(bytes)
  return files.filter {
    FileManager.default.contents(atPath: "\(folder)/\($0)")?.range(of: wanted) != nil
  }
}
