/// Whose socket is at the other end of a connection within this host, from the text of `/proc/net/tcp` or
/// `/proc/net/tcp6` (proc(5)).
///
/// The addresses there are hexadecimal, in the byte order of the machine; only 127.0.0.1 is looked for, written as such or
/// mapped into IPv6.
///
/// - Parameters:
///   - port: the other end's own.
///   - here: this end's.
/// - Returns: the user's id; nil where the table has no such connection.
public func owner(ofPort port: UInt16, connectedTo here: UInt16, in table: UnsafeRawBufferPointer) -> UInt32? {
    let text = String(decoding: table, as: UTF8.self)
    for line in text.utf8.split(separator: UInt8(ascii: "\n")).dropFirst() {
        let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 8)
        guard fields.count > 7, isLoopback(fields[1], port: port), isLoopback(fields[2], port: here) else { continue }
        return UInt32(String(decoding: fields[7], as: UTF8.self))
    }
    return nil
}

private func isLoopback(_ field: Substring.UTF8View, port: UInt16) -> Bool {
    let parts = String(Substring(field)).split(separator: ":")
    guard parts.count == 2, UInt16(parts[1], radix: 16) == port else { return false }
    switch parts[0] {
    // On machines of either byte order, then mapped into IPv6.
    case "0100007F", "7F000001", "0000000000000000FFFF00000100007F", "00000000000000000000FFFF7F000001": return true
    default: return false
    }
}
