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

/// The difference between this machine's clock and another one, for people: `365d ahead of AWS's`.
///
/// - Parameters:
///   - offset: the other's time minus this machine's, in seconds.
///   - other: whose the other one is.
package func spoken(clockOffset offset: Int64, from other: String = "AWS's") -> String {
    // It is known to a few seconds: a Date is in whole ones, and an answer takes its time.
    let seconds = Int64(clamping: offset.magnitude)
    let rounded = seconds < 600 ? seconds : seconds - seconds % 60 + (seconds % 60 < 30 ? 0 : 60)
    return "\(spoken(seconds: rounded)) \(offset < 0 ? "ahead of" : "behind") \(other)"
}
