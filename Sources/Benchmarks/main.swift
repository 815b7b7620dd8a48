import EventJSON
func main() {
  let e = SampleEvents(count: 5000)
  print("mean size", e.bytes.count / 5000)
  var scanner = EventScanner(
    selecting: KeySelection(["email", "phone", "name", "birthdate", "mrn"]))
  let clock = ContinuousClock()
  for _ in 0..<5 {
    var n = 0, m = 0
    let t = clock.measure {
      for _ in 0..<20 {
        for l in e.lines {
          if unsafe scanner.scan(l.span.bytes.extracting(droppingLast: 1)) == nil {
            n += 1; m += scanner.matches.count
          }
        }
      }
    }
    let s = Double(t.components.attoseconds) / 1e18 + Double(t.components.seconds)
    print(n, m, Double(e.bytes.count) * 20 / s / 1e9, "GB/s")
  }
}
main()
