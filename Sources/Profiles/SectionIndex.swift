/// Which sections of a file have which name. A file is searched faster than an index of it is made: this is for whoever
/// wants all of its profiles.
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

    /// The places of those of that name, of every kind, in the file's order.
    subscript(name: String) -> [Int] { places[name] ?? [] }
}
