import Failures
import Profiles
import Text

/// What some SDKs, or all, refuse or pass over: a byte order mark, entries that occur twice, sections without a
/// profile's header.
enum FileGrammar: Check {
    static func run(_ subject: Subject, _ diagnosis: inout Diagnosis) {
        guard let profiles = try? subject.profiles.get() else { return }
        for file in [profiles.config, profiles.credentials].compactMap({ $0 }) where file.hasByteOrderMark {
            diagnosis.add(
                Finding(
                    "byte_order_mark", .broken, at: "\(file.path):1", "the file begins with a byte order mark",
                    why: "the AWS CLI and boto3 cannot read the file",
                    .run(LineEdit.sed("1s|^\\xEF\\xBB\\xBF||", file.path))))
        }
        for entry in profiles.repetitions { diagnosis.add(finding(entry)) }
        for section in profiles.misnamedSections { diagnosis.add(finding(section, profiles)) }
    }

    private static func finding(_ entry: DuplicateEntry) -> Finding {
        let path = entry.origin.path
        let command =
            entry.isSection
            ? LineEdit.merge(entry.second, into: entry.first, header: entry.name, of: path)
            : LineEdit.comment(
                entry.name, at: Origin(path: path, line: entry.first.lowerBound), entry.first)
        return Finding(
            "repetition", .broken, at: entry.origin.place,
            "\(entry.isSection ? "[\(entry.name)]" : entry.name) occurs twice",
            why: "boto3 and the AWS CLI reject the whole file", .run(command))
    }

    private static func finding(_ section: MisnamedSection, _ profiles: ProfileSet) -> Finding {
        let header = String(section.heading.dropFirst().dropLast())
        let isThere = profiles.profile(header.removingPrefix("profile ").map { String($0) } ?? header) != nil
        return Finding(
            "misnamed_section", .broken, at: section.origin.place, "this is not the header of a profile",
            why: "SDKs and warder ignore the section; write \(section.heading)",
            .run(isThere ? LineEdit.edit(section.origin) : LineEdit.head(section, in: profiles)))
    }
}

extension LineEdit {
    /// Heads a section as a profile.
    static func head(_ section: MisnamedSection, in profiles: ProfileSet) -> String {
        guard let old = profiles.header(at: section.origin) else { return edit(section.origin) }
        return head(section.heading, inPlaceOf: old, at: section.origin)
    }
}
