import Failures
import Profiles
import Secrets
import Text
import Times

/// A file of warder's settings: the user's, or the machine's.
struct SettingsFile {
    private let profiles: ProfileSet

    /// Parses the file, and rejects what is in no list of known settings.
    ///
    /// - Parameters:
    ///   - known: the sections that the file may have, each with its settings.
    ///   - allowsRepetitions: of two equal settings the last counts, and sections of one name are read as one. Otherwise
    ///     neither may stand twice, and no line may continue another: an indented section would be part of a value.
    init(
        _ text: consuming SecretBytes, path: String, knowing known: [(section: String, settings: [String])],
        allowsRepetitions: Bool = true
    ) throws(Failure) {
        let file: ProfileFile
        do throws(ProfileError) {
            // Settings have the credentials file's grammar: a section header is the bare name.
            file = try ProfileFile(text: text, path: path, kind: .credentials)
        } catch {
            switch error {
            case .subpropertyWithoutEquals(let origin), .subpropertyWithoutName(let origin):
                if !allowsRepetitions { throw Self.failure(continuation: origin) }
            default: break
            }
            throw Failure(error, sections: alternatives(known.map { "[\($0.section)]" }))
        }
        if !allowsRepetitions, let line = file.continuation { throw Self.failure(continuation: line) }
        if let unknown = file.unknown(besides: known) { throw Self.failure(unknown, known) }
        if !allowsRepetitions, let repetition = file.repetition { throw Self.failure(repetition) }
        profiles = ProfileSet(config: nil, credentials: file)
    }

    /// The settings of a section; nil if there is no such section.
    subscript(section: String) -> Profile? { profiles.profile(section) }

    private static func failure(
        _ unknown: UnknownEntry, _ known: [(section: String, settings: [String])]
    ) -> Failure {
        let words: (String, String)
        let origin: Origin
        switch unknown {
        case .section(let name, let place):
            let sections = known.map(\.section)
            let meant = sections.count > 1 ? nearest(to: name, among: sections) : nil
            let all = alternatives(sections.map { "[\($0)]" }) + ", the only " + (sections.count > 1 ? "ones" : "one")
            words = (
                "there is no section [\(name)] here",
                "write " + (meant.map { "[\($0)], if that is what you mean" } ?? all)
            )
            origin = place
        case .setting(let name, let section, let place):
            words = Self.words(name, section, known)
            origin = place
        }
        return Failure(
            .badConfig, "\(origin.place): \(words.0)", hint: words.1, origin: origin.place, fault: "unknown_setting")
    }

    /// What to say of an unknown setting, which may be known in another section.
    private static func words(
        _ name: String, _ section: String, _ known: [(section: String, settings: [String])]
    ) -> (String, String) {
        let settings = known.first { $0.section == section }?.settings ?? []
        let words = Failure.unknown(name, settings, prefix: "warder_")
        guard let other = known.first(where: { $0.settings.contains(name) })?.section else { return words }
        return ("\(name) is not a setting of [\(section)]", "move the line to [\(other)]")
    }

    private static func failure(continuation line: Origin) -> Failure {
        Failure(
            .badConfig, "\(line.place): this line continues the line above",
            hint: "do not indent lines in this file", origin: line.place, fault: "continued_setting")
    }

    private static func failure(_ repetition: DuplicateEntry) -> Failure {
        let name = repetition.isSection ? "the section [\(repetition.name)]" : repetition.name
        return Failure(
            .badConfig, "\(repetition.origin.place): \(name) is here a second time",
            hint: "keep one of the two, so that there is no doubt which one holds", origin: repetition.origin.place,
            fault: "repeated_setting")
    }
}

/// Where settings are looked for: the user's own lines, then the machine's defaults.
struct SettingsLines {
    /// In the order in which they count.
    let sections: [Profile]

    /// The setting that counts; nil if it is not set, or is empty.
    subscript(key: String) -> Setting? {
        get throws(Failure) {
            for section in sections {
                do throws(ProfileError) { if let setting = try section.plain(key) { return setting } } catch {
                    throw Failure(error)
                }
            }
            return nil
        }
    }
}

extension Setting {
    /// The words of a list such as `terminal, pinentry`.
    var words: [String] { value.split { $0 == "," || $0 == " " || $0 == "\n" || $0 == "\t" }.map(String.init) }

    /// The seconds of a duration within `range`.
    func seconds(in range: ClosedRange<Int>, _ what: String, hint: String) throws(Failure) -> Int {
        try Failures.seconds(ofDuration: value, in: range, what, hint: hint) { message, hint in
            Failure(.badConfig, "\(origin.place): \(message)", hint: hint, origin: origin.place)
        }
    }
}

extension Failure {
    /// A setting with a value that it cannot have.
    static func wrongSetting(_ setting: Setting, _ what: String, hint: String) -> Failure {
        Failure(
            .badConfig, "\(setting.origin.place): \(setting.value) \(what)", hint: hint, origin: setting.origin.place)
    }
}
