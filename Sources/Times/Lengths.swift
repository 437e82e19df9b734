/// What a number alone may mean within `range`, in seconds: `8h, 8m or 8s`. Nil where it can mean nothing.
///
/// Hours come first where they fit: they are what people unlock for.
package func lengths(of number: String, in range: ClosedRange<Int>) -> String? {
    var fitting = ["s", "m", "h"].map { number + $0 }.filter { length in
        (try? seconds(ofDuration: length)).map(range.contains) == true
    }
    if fitting.last?.last == "h" { fitting.reverse() }
    guard let last = fitting.popLast() else { return nil }
    return fitting.isEmpty ? last : fitting.joined(separator: ", ") + " or " + last
}
