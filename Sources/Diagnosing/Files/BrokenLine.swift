import Profiles
import Secrets

/// A line that breaks the grammar of the AWS files, and how little makes it whole. The line may hold a secret: only a
/// section's header becomes text, and only if nothing but a name is in it.
enum BrokenLine {
    /// A change to one line.
    enum Repair: Equatable {
        /// `# ` before it.
        case comment
        /// ` =` in place of its first colon: some programs write `name: value`.
        case equals
        /// The header that was meant, with its bracket.
        case header(String)
        /// Where more than a header is on the line: a person must look.
        case edit

        /// Nil if the error is not of one line.
        init?(_ error: ProfileError, in text: borrowing SecretBytes) {
            guard let origin = error.origin else { return nil }
            switch error {
            case .utf16: return nil
            case .unclosedSection:
                let header = text.withUnsafeBytes { closed($0[range(of: origin.line, in: $0)]) }
                self = header.map { .header($0) } ?? .edit
            case .propertyWithoutEquals, .continuationOutsideProperty, .subpropertyWithoutEquals:
                self = text.withUnsafeBytes { hasColon($0[range(of: origin.line, in: $0)]) } ? .equals : .comment
            default: self = .comment
            }
        }

        /// The command that makes it. It cannot say what the line holds, and names what it lacks.
        func command(_ error: ProfileError, at origin: Origin) -> String {
            switch self {
            case .comment: LineEdit.sed("\(origin.line){\(Self.guarding(error))s|^|# |}", origin.path)
            case .equals: LineEdit.sed("\(origin.line)s|^\\([^=:]*\\):|\\1 =|", origin.path)
            case .edit: LineEdit.edit(origin)
            case .header(let header):
                LineEdit.head(header, inPlaceOf: String(header.dropFirst().dropLast()), at: origin)
            }
        }

        /// The address of a line with that error (sed(1)), in front of a command.
        private static func guarding(_ error: ProfileError) -> String {
            switch error {
            case .propertyWithoutName, .subpropertyWithoutName: "/^[[:blank:]]*=/"
            case .outsideSection: "/^[^[#;]/"
            default: #"/^[^=]*\([[:blank:]][#;]\|$\)/"#
            }
        }
    }

    /// The text with its line, counted from 1, changed.
    static func mended(_ text: borrowing SecretBytes, _ line: Int, _ repair: Repair) -> SecretBytes {
        text.withUnsafeBytes { bytes in
            let range = range(of: line, in: bytes)
            var whole = SecretBytes(capacity: bytes.count + 64)
            whole.append(UnsafeRawBufferPointer(rebasing: bytes[..<range.lowerBound]))
            switch repair {
            case .comment, .edit:
                whole.append("# ")
                whole.append(UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound...]))
            case .equals:
                let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")) ?? range.upperBound
                whole.append(UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound..<colon]))
                whole.append(" =")
                whole.append(UnsafeRawBufferPointer(rebasing: bytes[min(colon + 1, bytes.count)...]))
            case .header(let header):
                whole.append(header)
                whole.append(UnsafeRawBufferPointer(rebasing: bytes[range.upperBound...]))
            }
            return whole
        }
    }

    /// The bytes of a line, counted from 1, without its end and without a byte order mark.
    private static func range(of line: Int, in bytes: UnsafeRawBufferPointer) -> Range<Int> {
        var start = line == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        for _ in 1..<max(line, 1) {
            guard let feed = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                return bytes.count..<bytes.count
            }
            start = feed + 1
        }
        return start..<(bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count)
    }

    /// The header that a line begins, with its bracket; nil if anything but a comment follows it, or if it holds a value
    /// or what is too long for a name.
    private static func closed(_ line: Slice<UnsafeRawBufferPointer>) -> String? {
        let comments = [UInt8(ascii: "#"), UInt8(ascii: ";")]
        let header = line.prefix { !comments.contains($0) }
        guard header.count <= 200, !header.contains(UInt8(ascii: "=")) else { return nil }
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "]")]
        let behind = header.drop { $0 != UInt8(ascii: "]") }
        guard behind.allSatisfy(blanks.contains) else { return nil }
        // `name: value`, as some programs write it; a colon in a name's first word is part of it.
        let words = header.split(whereSeparator: blanks.contains)
        guard !words.dropFirst().contains(where: { $0.contains(UInt8(ascii: ":")) }) else { return nil }
        var text = String(decoding: header, as: UTF8.self)
        while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" || last == "]" {
            text.unicodeScalars.removeLast()
        }
        return text + "]"
    }

    /// Whether the line is `name: value`.
    private static func hasColon(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        let line = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        let rest = line[name.endIndex...].dropFirst()
        let isName = name.allSatisfy { byte in
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
        }
        return !name.isEmpty && isName && rest.first.map { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } == true
    }
}
