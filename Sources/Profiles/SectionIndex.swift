/// Finds the sections of a file by name. Searching a file once is faster than making its index: this is for a caller
/// that reads all profiles.
struct SectionIndex: Sendable {
    private var places: [String: [Int]] = [:]

    init(_ file: ProfileFile) {
        file.withText { text in
            for (place, section) in file.sections.enumerated() {
                guard let name = text.string(Int(section.nameStart)..<Int(section.nameEnd)) else { continue }
                places[name, default: []].append(place)
            }
        }
    }

    /// The positions of the sections of that name, of every kind, in file order.
    subscript(name: String) -> [Int] { places[name] ?? [] }
}
