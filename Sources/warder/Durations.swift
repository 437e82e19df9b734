import Times

/// A length of time within `range`, in seconds.
///
/// - Parameters:
///   - what: what it is, as `a time to be unlocked for`.
///   - wrong: makes a failure of a message and a hint.
func seconds(
    ofDuration text: String, in range: ClosedRange<Int>, _ what: String, hint: String,
    _ wrong: (String, String) -> Failure
) throws(Failure) -> Int {
    let time: Int
    do throws(DurationError) { time = try seconds(ofDuration: text) } catch {
        switch error {
        case .noUnit: throw wrong("\(text) has no unit", "write \(text)h, \(text)m or \(text)s")
        case .malformed: throw wrong("\(text) is not \(what)", hint)
        }
    }
    guard range.contains(time) else { throw wrong("\(text) is not \(what)", hint) }
    return time
}

/// A length of time for people, in its two largest units: `7h 12m`, `45s`.
func spoken(seconds: Int64) -> String {
    let units: [(Int64, String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
    var parts: [String] = []
    var rest = max(0, seconds)
    for (size, name) in units where rest >= size && parts.count < 2 {
        parts.append("\(rest / size)\(name)")
        rest %= size
    }
    return parts.isEmpty ? "0s" : parts.joined(separator: " ")
}

/// How far this machine's clock is from AWS's, for people: `365d ahead of AWS's`.
///
/// - Parameter offset: AWS's time less this machine's, in seconds.
func spoken(clockOffset offset: Int64) -> String {
    "\(spoken(seconds: Int64(clamping: offset.magnitude))) \(offset < 0 ? "ahead of" : "behind") AWS's"
}
