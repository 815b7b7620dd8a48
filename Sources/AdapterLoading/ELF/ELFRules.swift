/// What a library must be before this host loads it; see `adapter-abi.md`, Loading.
package struct ELFRules: Sendable {
  /// `e_machine`, 62 for x86-64, 183 for AArch64.
  package var machine: UInt16
  /// Names that `DT_NEEDED` may have, compared whole.
  package var approvedLibraries: Set<String>

  /// This machine; the libc family and the Swift runtime, which a worker has in it already.
  package static var standard: ELFRules {
    ELFRules(machine: ownMachine, approvedLibraries: libcFamily.union(swiftRuntime))
  }

  /// Checks the bytes of a library; nothing of it is run, and nothing outside the bytes is read.
  package func check(_ file: RawSpan) throws(ELFRefusal) {
    let image = try ELFImage(file)
    try checkMachine(image)
    try checkSegments(image)
    try checkDynamic(image)
    let needed = try image.names(.needed, in: file)
    for name in needed where !approvedLibraries.contains(name) { throw .libraryNotApproved(name) }
    try checkSearchPath(image, needed)
  }

  /// A search path is harmless only where nothing is searched: when all that is needed is in the worker already.
  ///
  /// SwiftPM writes one into every library that it links, and leaves no way to go without.
  private func checkSearchPath(_ image: ELFImage, _ needed: [String]) throws(ELFRefusal) {
    guard !image.values(.runpath).isEmpty,
      let other = needed.first(where: { !ELFRules.inEveryWorker.contains($0) })
    else { return }
    throw .forbidden(
      "it has a search path (DT_RUNPATH) and needs \"\(other)\", which would be searched there",
      mend: "Link it without a search path; see readelf -d.")
  }

  private func checkMachine(_ image: ELFImage) throws(ELFRefusal) {
    guard image.machine == machine else {
      throw .unsupported(
        field: "its machine (e_machine)", found: ELFRules.name(ofMachine: image.machine),
        expected: ELFRules.name(ofMachine: machine))
    }
  }

  private func checkSegments(_ image: ELFImage) throws(ELFRefusal) {
    if image.segments.contains(where: { $0.kind == .load && $0.isWritable && $0.isExecutable }) {
      throw .forbidden(
        "a segment of it is writable and executable",
        mend: "Link it with -z noexecstack and without -N.")
    }
    let stacks = image.segments.filter { $0.kind == .stack }
    guard stacks.count == 1, !stacks[0].isExecutable else {
      throw .forbidden(
        "it asks for an executable stack (PT_GNU_STACK)", mend: "Link it with -z noexecstack.")
    }
  }

  private func checkDynamic(_ image: ELFImage) throws(ELFRefusal) {
    let flags = image.values(.flags).reduce(0, |)
    if !image.values(.textRelocations).isEmpty || flags & 4 != 0 {
      throw .forbidden("it has text relocations (DT_TEXTREL)", mend: "Compile it with -fPIC.")
    }
    for (tag, name) in ELFRules.forbidden where !image.values(tag).isEmpty {
      throw .forbidden("it has \(name)", mend: "Link it without; see readelf -d.")
    }
    let isExecutable = image.values(.flags1).contains { $0 & 0x0800_0000 != 0 }
    if isExecutable {
      throw .forbidden("it is a program (DF_1_PIE)", mend: "Link it with -shared.")
    }
  }
}

extension ELFRules {
  private static let forbidden: [(ELFTag, String)] = [
    (.rpath, "a search path (DT_RPATH)"), (.audit, "an audit library (DT_AUDIT)"),
    (.depAudit, "an audit library (DT_DEPAUDIT)"),
    (.filter, "a filter library (DT_FILTER)"), (.auxiliary, "a filter library (DT_AUXILIARY)"),
  ]

  static let libcFamily: Set<String> = [
    "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "libgcc_s.so.1",
    "libstdc++.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
  ]

  static let swiftRuntime: Set<String> = [
    "libswiftCore.so", "libswiftGlibc.so", "libswiftSynchronization.so", "libswift_Concurrency.so",
    "libswift_StringProcessing.so", "libswift_RegexParser.so", "libswift_Builtin_float.so",
    "libswiftDispatch.so", "libdispatch.so", "libBlocksRuntime.so", "libFoundation.so",
    "libFoundationEssentials.so", "libFoundationInternationalization.so", "lib_FoundationICU.so",
    "libswift_math.so", "libswiftSwiftOnoneSupport.so",
  ]

  /// What the executable itself is linked with, so that it is loaded when the adapter comes.
  static let inEveryWorker: Set<String> = [
    "libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libswiftCore.so",
    "libswiftGlibc.so", "libswiftSynchronization.so",
    "libswift_Concurrency.so", "libswift_StringProcessing.so", "libswift_RegexParser.so",
    "libdispatch.so", "libBlocksRuntime.so", "libFoundation.so", "libFoundationEssentials.so",
    "libswiftSwiftOnoneSupport.so",
  ]

  static func name(ofMachine machine: UInt16) -> String {
    switch machine {
    case 3: "x86 (3)"
    case 40: "ARM, 32 bits (40)"
    case 62: "x86-64 (62)"
    case 183: "AArch64 (183)"
    case 243: "RISC-V (243)"
    default: "\(machine)"
    }
  }

  #if arch(x86_64)
    static var ownMachine: UInt16 { 62 }
  #elseif arch(arm64)
    static var ownMachine: UInt16 { 183 }
  #endif
}
