import HTTPWire
import Testing

@testable import HTTPEgress

@Suite struct AddressTests {
  @Test(arguments: [
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "100.64.0.1", "100.127.255.255", "::1", "fc00::1", "fdff:ffff::1", "::ffff:127.0.0.1",
    "::ffff:10.1.2.3", "64:ff9b::7f00:1", "64:ff9b::192.168.0.1",
  ])
  func `an address of the operator's own networks is private`(text: String) {
    #expect(IPAddress(text)?.reach == .private)
  }

  @Test(arguments: [
    "0.0.0.0", "0.1.2.3", "169.254.169.254", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
    "255.255.255.255", "::", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "2001::1",
    "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "100::1",
    "64:ff9b:1::1", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "::127.0.0.1", "::2",
    "4000::1", "5f00::1", "::ffff:0:127.0.0.1",
  ])
  func `an address that no destination can have is never reached`(text: String) {
    #expect(IPAddress(text)?.reach == .never)
  }

  @Test(arguments: [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
    "192.167.0.1",
    "198.17.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888",
    "2400:cb00::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8",
  ])
  func `an address of the open network is global`(text: String) {
    #expect(IPAddress(text)?.reach == .global)
  }

  @Test(arguments: [
    "", "localhost", "127.1", "0x7f.0.0.1", "1.2.3", "1.2.3.4.5", "::1%lo", "[::1]", "256.1.1.1",
  ])
  func `a text that is no plain address is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }
}
