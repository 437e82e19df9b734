/// A duration for people, in its two largest units: `7h 12m`, `45s`.
package func spoken(seconds: Int64) -> String {
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
    var parts: [String] = []
    var rest = max(0, seconds)
    for (size, name) in units where rest >= size && parts.count < 2 {
        parts.append("\(rest / size)\(name)")
        rest %= size
    }
    return parts.isEmpty ? "0s" : parts.joined(separator: " ")
}

/// The difference between this machine's clock and AWS's, for people: `365d ahead of AWS's`.
///
/// - Parameter offset: AWS's time minus this machine's, in seconds.
package func spoken(clockOffset offset: Int64) -> String {
    "\(spoken(seconds: Int64(clamping: offset.magnitude))) \(offset < 0 ? "ahead of" : "behind") AWS's"
}
