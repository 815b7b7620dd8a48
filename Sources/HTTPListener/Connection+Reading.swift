internal import Cryptography
internal import Glibc
internal import HTTPWire

extension Connection {
  /// Reads what is there, but no more than its share while others wait.
  func readAll() {
    var scratch = loop.lendScratch()
    defer { loop.takeBack(scratch) }
    var rounds = 0
    while wantsInput, rounds < 16 || tls?.hasPending == true {
      rounds += 1
      switch readSome(&scratch) {
      case .bytes(let count):
        loop.census.count { $0.bytesRead += count }
        if lingersUntil == nil { take(scratch.span.extracting(0..<count)) }
      case .nothing: return
      case .ended:
        hasInputEnded = true
        if arriving != nil || !input.isEmpty { isDeaf = true }
        arriving = nil
        input = []
        headSince = nil
      case .failed: return isClosed = true
      }
    }
  }

  private func take(_ bytes: Span<UInt8>) {
    if input.isEmpty {
      let taken = parse(bytes)
      guard !isDeaf, taken < bytes.count else { return }
      unsafe bytes.extracting(taken..<bytes.count).withUnsafeBufferPointer {
        unsafe input.append(contentsOf: $0)
      }
    } else {
      unsafe bytes.withUnsafeBufferPointer { unsafe input.append(contentsOf: $0) }
      _ = parseRest()
    }
    noteHead()
  }

  /// Goes on with what was left; whether anything came of it.
  func parseRest() -> Bool {
    guard !input.isEmpty, !isDeaf else { return false }
    let before = waiting.count
    var rest = input
    input = []
    let taken = parse(rest.span)
    guard !isDeaf else { return true }
    if taken == rest.count { rest = [] } else { rest.removeFirst(taken) }
    input = rest
    noteHead()
    return taken > 0 || waiting.count > before
  }

  /// A head's time runs from its first byte, but not while we do not read.
  private func noteHead() {
    let isWaitingForHead = !input.isEmpty && arriving == nil && wantsInput
    headSince = isWaitingForHead ? headSince ?? loop.now : nil
  }

  /// Takes requests out of the bytes; how many bytes they were.
  private func parse(_ bytes: Span<UInt8>) -> Int {
    var position = 0
    do throws(WireError) {
      while !isDeaf, waiting.count < loop.limits.pipelined {
        if arriving == nil {
          guard position < bytes.count, !loop.isStopping,
            let (head, length) = try parser.parse(bytes.extracting(position..<bytes.count))
          else { break }
          position += length
          parser = RequestParser(loop.limits.wire)
          headSince = nil
          try begin(head)
        }
        guard arriving != nil else { continue }
        position += try decode(bytes.extracting(position..<bytes.count))
        guard arriving?.decoder.isComplete == true else { break }
        dispatch()
      }
    } catch {
      refuse(error.status, "\(error).")
    }
    return position
  }

  private func begin(_ head: RequestHead) throws(WireError) {
    let framing = try head.framing()
    if let expectation = head.fields["expect"], !HTTPFields.isSame(expectation, "100-continue") {
      return refuse(417, "The expectation is not 100-continue.")
    }
    let decoder = try BodyDecoder(framing, loop.limits.wire)
    if let answer = loop.service.screen(head, peer) {
      expect(head, answer, closes: framing != .none)
      return
    }
    arriving = Arriving(
      head: head, decoder: decoder, reserved: 0,
      wantsContinue: head.fields["expect"] != nil && head.start.version == .http11,
      since: loop.now)
    if case .length(let length) = framing {
      arriving?.reserved = length
      arriving?.body.reserveCapacity(length)
    }
  }

  private func decode(_ bytes: Span<UInt8>) throws(WireError) -> Int {
    guard var request = arriving.take() else { return 0 }
    let taken = try request.decoder.decode(bytes, into: &request.body)
    if taken > 0 { request.wantsContinue = false }
    request.reserved = max(request.reserved, request.body.count)
    arriving = request
    return taken
  }

  private func dispatch() {
    guard let request = arriving.take() else { return }
    let place = firstPlace + waiting.count
    expect(request.head, nil, closes: false, reserved: request.reserved)
    idleSince = loop.now
    loop.census.count { $0.requests += 1 }
    loop.service.handle(
      HTTPRequest(head: request.head, body: request.body, peer: peer),
      HTTPExchange(loop, id, place))
  }

  private func expect(
    _ head: RequestHead, _ answer: HTTPAnswer?, closes: Bool, reserved: Int = 0
  ) {
    let closes = closes || !head.persists
    waiting.append(
      Waiting(
        answer: answer, isHead: head.start.method == "HEAD", version: head.start.version,
        closes: closes, reserved: reserved))
    if closes { isDeaf = true }
  }

  /// The request that is coming is refused, after the answers to those before it; nothing more is read.
  func refuse(_ status: Int, _ reason: String, retryAfter: Int? = nil) {
    loop.census.count { $0.refused += 1 }
    var answer = loop.service.refusal(status, reason)
    if let retryAfter { answer.fields.append(HTTPField("Retry-After", "\(retryAfter)")) }
    waiting.append(
      Waiting(answer: answer, isHead: false, version: .http11, closes: true, reserved: 0))
    isDeaf = true
    arriving = nil
    input = []
    headSince = nil
  }
}

// MARK: - Bytes

extension Connection {
  private enum Reading { case bytes(Int), nothing, ended, failed }

  private func readSome(_ buffer: inout [UInt8]) -> Reading {
    guard tls == nil || lingersUntil != nil else { return readTLS(&buffer) }
    let count = unsafe recv(descriptor.number, &buffer, buffer.count, 0)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .ended }
    return errno == EAGAIN || errno == EINTR ? .nothing : .failed
  }

  private func readTLS(_ buffer: inout [UInt8]) -> Reading {
    do throws(TLSError) {
      switch try tls!.read(into: &buffer) {
      case .done(let count): return .bytes(count)
      case .ended: return .ended
      case .wantsRead, .wantsWrite: return .nothing
      }
    } catch {
      return .failed
    }
  }

  /// Goes on with TLS's handshake; what was sent right behind it is read at once.
  func handshake() {
    do throws(TLSError) {
      switch try tls!.handshake() {
      case .done:
        isHandshaking = false
        wantsWriteForHandshake = false
        idleSince = loop.now
      case .wantsWrite: wantsWriteForHandshake = true
      case .wantsRead, .ended: wantsWriteForHandshake = false
      }
    } catch {
      loop.census.count { $0.failedHandshakes += 1 }
      isClosed = true
    }
  }
}
