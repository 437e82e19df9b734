import Glibc
import Testing

@testable import Linux

private let table = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 631 1 0000 100 0 0 10 0
       1: 0100007F:88FB 0100007F:10E1 01 00000000:00000000 00:00000000 00000000  1000        0 26 1 0000 100 0 0 10 0
       2: 0100007F:10E1 0100007F:88FB 01 00000000:00000000 00:00000000 00000000     7        0 27 1 0000 100 0 0 10 0
       3: 0200007F:88FC 0100007F:10E1 01 00000000:00000000 00:00000000 00000000  1001        0 28 1 0000 100 0 0 10 0
       4: 0000000000000000FFFF00000100007F:88FD 0000000000000000FFFF00000100007F:10E1 01 0:0 00:0 0 1002 0 29 1
    """

private func owner(_ port: UInt16, _ here: UInt16, in text: String = table) -> UInt32? {
    Array(text.utf8).withUnsafeBytes { owner(ofPort: port, connectedTo: here, in: $0) }
}

/// There may be no IPv6 here.
private let families = access("/proc/net/tcp6", F_OK) == 0 ? [AF_INET, AF_INET6] : [AF_INET]

@Suite("whose the other end is") struct PeerTests {
    @Test("in the kernel's tables") func tables() {
        #expect(owner(0x88FB, 0x10E1) == 1000)
        #expect(owner(0x10E1, 0x88FB) == 7)
        #expect(owner(0x88FD, 0x10E1) == 1002)
    }

    @Test("who is not there, or comes from another address") func absent() {
        #expect(owner(0x88FC, 0x10E1) == nil)
        #expect(owner(0x88FB, 0x10E2) == nil)
        #expect(owner(0x07E8, 0) == nil)
    }

    @Test(
        "what is no such table",
        arguments: ["", "\n", "x\n1 2 3\n", "x\n0: 0100007F:88FB 0100007F:10E1 01 0 0 0 root\n"])
    func nonsense(_ text: String) { #expect(owner(0x88FB, 0x10E1, in: text) == nil) }

    @Test("a socket that its program has closed is nobody's, and not root's") func closed() {
        let line = "0: 0100007F:88FB 0100007F:10E1 06 00000000:00000000 03:00000730 00000000     0        0 0 3 0"
        #expect(owner(0x88FB, 0x10E1, in: "head\n" + line) == nil)
    }

    @Test("in the kernel, asked for it and as it prints it", arguments: families) func asked(_ family: Int32)
        throws
    {
        let here = try Listener()
        let client = Descriptor(owning: socket(family, Int32(SOCK_STREAM.rawValue), 0), path: "")
        let port = try #require(connect(client.number, family, here.port))
        let owners = PeerOwners()
        #expect(owners.owner(ofPort: port, connectedTo: here.port) == .user(geteuid()))
        #expect(PeerOwners.printed(port, here.port) == .user(geteuid()))
        // One that listens at the port is not the one that is connected.
        #expect(owners.owner(ofPort: here.port, connectedTo: 1) == .nobody)
        let table = try SocketTable()
        #expect(try table.user(ofPort: port, connectedTo: here.port) == geteuid())
    }

    @Test("in the kernel, one that is gone") func gone() throws {
        let here = try Listener()
        let owners = PeerOwners()
        func connectOnce() throws -> UInt16 {
            let client = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), path: "")
            return try #require(connect(client.number, AF_INET, here.port))
        }
        let port = try connectOnce()
        #expect(owners.owner(ofPort: port, connectedTo: here.port) == .nobody)
        #expect(PeerOwners.printed(port, here.port) == .nobody)
    }

    @Test("among many") func many() {
        let line =
            "   1: 0100007F:0001 0100007F:10E1 06 00000000:00000000 03:00000730 00000000     0        0 0 3 0000\n"
        let last = "9999: 0100007F:88FB 0100007F:10E1 01 00000000:00000000 00:00000000 00000000  1000        0 26 1 0"
        #expect(owner(0x88FB, 0x10E1, in: "head\n" + String(repeating: line, count: 30_000) + last) == 1000)
    }

    @Test("who is served") func served() {
        #expect(PeerOwner.user(geteuid()).isServed)
        #expect(PeerOwner.user(0).isServed)
        #expect(!PeerOwner.user(geteuid() + 1).isServed)
        #expect(!PeerOwner.nobody.isServed)
        #expect(PeerOwner.unknown.isServed)
    }
}

/// Connects a socket to 127.0.0.1, by way of IPv6 if it is of that; its own port, or nil.
private func connect(_ client: Int32, _ family: Int32, _ port: UInt16) -> UInt16? {
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    return withUnsafeMutableBytes(of: &address) { bytes -> UInt16? in
        let text = family == AF_INET6 ? "::ffff:127.0.0.1" : "127.0.0.1"
        bytes.storeBytes(of: sa_family_t(family), as: sa_family_t.self)
        bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        guard let base = bytes.baseAddress, inet_pton(family, text, base + (family == AF_INET6 ? 8 : 4)) == 1 else {
            return nil
        }
        let given = socklen_t(family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        let pointer = base.assumingMemoryBound(to: sockaddr.self)
        guard Glibc.connect(client, pointer, given) == 0, getsockname(client, pointer, &size) == 0 else { return nil }
        return UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
    }
}

/// Listens on 127.0.0.1.
private struct Listener: ~Copyable {
    let descriptor: Descriptor
    let port: UInt16

    init() throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        descriptor = Descriptor(owning: number, path: "")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, size) == 0 && listen(number, 16) == 0 && getsockname(number, $0, &size) == 0
            }
        }
        try #require(isOpen)
        port = UInt16(bigEndian: address.sin_port)
    }
}
