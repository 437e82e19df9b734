/// Whether a file of warder's own is of a format later than the first, which is the one that this version knows: only a
/// newer version writes such.
///
/// A later format begins with a line of `warder-`, the format's name and a number from 2 on, with or without a space
/// before it: `warder-generation 2`, `warder-log-seal2`. The first formats of these files have no such line.
///
/// - Parameters:
///   - bytes: the file, or at least its first 64 bytes.
///   - format: the name, such as `generation`.
package func isOfLaterFormat(_ bytes: some Sequence<UInt8>, _ format: String) -> Bool {
    let head = Array(bytes.prefix(64))
    let name = Array("warder-\(format)".utf8)
    guard head.starts(with: name) else { return false }
    var rest = head.dropFirst(name.count)
    if rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard rest.dropFirst(digits.count).first == UInt8(ascii: "\n") else { return false }
    return UInt32(String(decoding: digits, as: UTF8.self)).map { $0 > 1 } ?? false
}
