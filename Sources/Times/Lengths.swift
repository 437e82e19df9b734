/// The durations within `range`, in seconds, that a bare number may mean: `8h, 8m or 8s`. Nil if there are none.
///
/// Hours come first if they fit: users mostly unlock for hours.
package func lengths(of number: String, in range: ClosedRange<Int>) -> String? {
    var fitting = ["s", "m", "h"].map { number + $0 }.filter { length in
        (try? seconds(ofDuration: length)).map(range.contains) == true
    }
    if fitting.last?.last == "h" { fitting.reverse() }
    guard let last = fitting.popLast() else { return nil }
    return fitting.isEmpty ? last : fitting.joined(separator: ", ") + " or " + last
}
