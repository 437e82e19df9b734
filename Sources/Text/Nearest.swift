/// The one of `names` that `word` was most likely meant to be; nil if none is near enough to suggest.
///
/// Near means: equal but for case, or at most one edit away for every three characters and at most two in all. An edit
/// swaps neighbours, or inserts, deletes or changes a character (Damerau's distance, in its optimal string alignment
/// form). Of equally near names the first wins.
///
/// - Parameters:
///   - word: what the user typed. Nothing is near a word of more than 64 characters.
///   - names: the known names.
package func nearest(to word: String, among names: some Sequence<String>) -> String? {
    let wanted = Array(word.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    let limit = min(2, max(1, wanted.count / 3))
    var best: (name: String, distance: Int)?
    for name in names where name != word {
        let scalars = Array(name.lowercased().unicodeScalars)
        guard abs(scalars.count - wanted.count) <= limit else { continue }
        let distance = editDistance(wanted, scalars)
        if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
}

/// How many edits turn one into the other, if no part is edited twice.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                least = min(least, beforeLast[j - 1] + 1)
            }
            row.append(least)
        }
        (beforeLast, last) = (last, row)
    }
    return last[right.count]
}
