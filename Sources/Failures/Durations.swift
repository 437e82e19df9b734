import Times

/// Parses a duration within `range`, in seconds.
///
/// - Parameters:
///   - what: what the duration is, as `a time to be unlocked for`.
///   - wrong: makes a failure from a message and a hint.
package func seconds(
    ofDuration text: String, in range: ClosedRange<Int>, _ what: String, hint: String,
    _ wrong: (String, String) -> Failure
) throws(Failure) -> Int {
    let time: Int
    do throws(DurationError) { time = try seconds(ofDuration: text) } catch {
        switch error {
        case .noUnit:
            throw wrong("\(text) has no unit", lengths(of: text, in: range).map { "write \($0)" } ?? hint)
        case .malformed: throw wrong("\(text) is not \(what)", hint)
        }
    }
    guard range.contains(time) else { throw wrong("\(text) is not \(what)", hint) }
    return time
}
