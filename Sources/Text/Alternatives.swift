/// Words that exclude one another, as a sentence lists them: `a, b or c`.
package func alternatives(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
}

/// The first few names, and how many more there are.
package func listed(_ names: [String]) -> String {
    guard names.count > 12 else { return names.joined(separator: ", ") }
    return names.prefix(10).joined(separator: ", ") + " and \(names.count - 10) more"
}
