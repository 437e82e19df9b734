/// The owner of the socket at the other end of a connection within this host, from the text of `/proc/net/tcp` or
/// `/proc/net/tcp6` (proc(5)).
///
/// Only 127.0.0.1 matches, as an IPv4 address or mapped into IPv6. A busy machine has tens of thousands of lines, so
/// they are compared without parsing.
///
/// - Parameters:
///   - port: the other end's own port.
///   - here: this end's port.
/// - Returns: the user's id; nil if the table has no such connection.
func owner(ofPort port: UInt16, connectedTo here: UInt16, in table: UnsafeRawBufferPointer) -> UInt32? {
    // The kernel prints addresses as numbers in the machine's byte order.
    let loopback = hexadecimal(UInt32(0x7F00_0001).bigEndian, 8)
    let mapped = "0000000000000000" + hexadecimal(UInt32(0xFFFF).bigEndian, 8) + loopback
    let wanted = [loopback, mapped].map { address in
        Array("\(address):\(hexadecimal(port, 4)) \(address):\(hexadecimal(here, 4)) ".utf8)
    }
    var start = 0
    while start < table.count {
        let end = table[start...].firstIndex(of: 10) ?? table.count
        let line = table[start..<end]
        start = end + 1
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
        let entry = line[min(colon + 2, end)...]
        for connection in wanted where entry.starts(with: connection) {
            return user(entry.dropFirst(connection.count))
        }
    }
    return nil
}

/// The fifth field, after state, queues, timer and retransmissions. The seventh is the inode: 0 for a socket that its
/// program has closed, for which the kernel prints root as the user.
private func user(_ rest: Slice<UnsafeRawBufferPointer>) -> UInt32? {
    let fields = rest.split(separator: 32, maxSplits: 7)
    guard fields.count > 6, String(decoding: fields[6], as: UTF8.self) != "0" else { return nil }
    return UInt32(String(decoding: fields[4], as: UTF8.self))
}

private func hexadecimal(_ number: some FixedWidthInteger, _ width: Int) -> String {
    let digits = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: width - digits.utf8.count) + digits
}
