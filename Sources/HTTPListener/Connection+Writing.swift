internal import Cryptography
internal import Glibc
internal import HTTPWire

extension Connection {
  private static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// Moves the answers that are known, in their order, to the output.
  func writeAnswers() {
    while !isLastAnswerOut, let first = waiting.first, let answer = first.answer {
      let isLast =
        first.closes || answer.closes
        || (loop.isStopping && waiting.count == 1 && arriving == nil)
      append(answer, first, isLast: isLast)
      waiting.removeFirst()
      firstPlace += 1
      if isLast {
        (isLastAnswerOut, isDeaf) = (true, true)
        waiting = []
      }
    }
    if waiting.isEmpty, arriving?.wantsContinue == true {
      arriving?.wantsContinue = false
      output += Self.goOn
    }
  }

  private func append(_ answer: HTTPAnswer, _ request: Waiting, isLast: Bool) {
    if !hasOutput { writeSince = loop.now }
    do throws(WireError) {
      output += try head(of: answer, request, isLast: isLast)
      if !request.isHead { output += answer.body }
    } catch {
      append(.text(500, "The answer cannot be written."), request, isLast: isLast)
    }
  }

  private func head(
    of answer: HTTPAnswer, _ request: Waiting, isLast: Bool
  ) throws(WireError) -> [UInt8] {
    var fields = HTTPFields(answer.fields)
    fields.add("Date", loop.date)
    // These two never have a body, and no length (RFC 9110, section 8.6).
    if answer.status != 204, answer.status != 304 {
      fields.add("Content-Length", "\(answer.body.count)")
    }
    if isLast {
      fields.add("Connection", "close")
    } else if request.version == .http10 {
      fields.add("Connection", "keep-alive")
    }
    return try ResponseHead(StatusLine(answer.status), fields).written()
  }

  /// Writes as much as the other side takes.
  func flush() {
    guard !isHandshaking else { return }
    while hasOutput {
      switch writeSome() {
      case .bytes(let count):
        written += count
        writeSince = loop.now
        loop.census.count { $0.bytesWritten += count }
      case .nothing: return
      case .failed: return isClosed = true
      }
    }
    guard !output.isEmpty else { return }
    (output, written) = ([], 0)
    idleSince = loop.now
  }

  private enum Writing { case bytes(Int), nothing, failed }

  private func writeSome() -> Writing {
    let rest = output[written...]
    if tls != nil { return writeTLS(rest) }
    let count = unsafe rest.withUnsafeBytes {
      unsafe send(descriptor.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count >= 0 { return .bytes(count) }
    return errno == EAGAIN || errno == EINTR ? .nothing : .failed
  }

  private func writeTLS(_ rest: ArraySlice<UInt8>) -> Writing {
    do throws(TLSError) {
      switch try unsafe tls!.write(rest.span.bytes) {
      case .done(let count): return .bytes(count)
      case .wantsRead, .wantsWrite: return .nothing
      case .ended: return .failed
      }
    } catch {
      return .failed
    }
  }
}
