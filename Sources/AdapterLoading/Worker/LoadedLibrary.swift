internal import Glibc

/// The adapter's library, mapped into this process for good; its constructors have run.
@safe struct LoadedLibrary {
  private let handle: UnsafeMutableRawPointer

  /// Maps the sealed bytes behind the descriptor.
  init(descriptor: Int32) throws(ContractBreach) {
    // By number, not by `self`: a debugger opens the same path, and for it `self` is the debugger.
    let path = "/proc/\(getpid())/fd/\(descriptor)"
    guard let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL | Int32(RTLD_NODELETE)) else {
      throw ContractBreach(LoadedLibrary.linkerMessage(path))
    }
    unsafe self.handle = handle
  }

  func symbol(_ name: String) -> UnsafeMutableRawPointer? { unsafe dlsym(handle, name) }

  private static func linkerMessage(_ path: String) -> String {
    guard let text = unsafe dlerror() else { return "the dynamic linker refuses it." }
    let message = unsafe String(cString: text).replacing(path + ": ", with: "")
    return
      "the dynamic linker refuses it: \(message.prefix(300)). See: ldd and readelf -d on the library."
  }
}
